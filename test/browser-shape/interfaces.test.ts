import { describe, expect, it } from 'vitest';
import { asInterface } from '../../src/browser-shape/interfaces.ts';

describe('Web IDL: interfaces', () => {
  class Sample {
    get value(): number {
      return 1;
    }
    run(): void {}
  }
  asInterface(Sample, { ONE: 1 });

  it('attributes, methods and constants can be enumerated, the constructor cannot', () => {
    expect(Object.keys(Sample.prototype).sort()).toEqual(['ONE', 'run', 'value']);
  });

  it('a constant stands on class and prototype and cannot be changed', () => {
    const constant = { value: 1, enumerable: true, writable: false, configurable: false };
    expect(Object.getOwnPropertyDescriptor(Sample, 'ONE')).toEqual(constant);
    expect(Object.getOwnPropertyDescriptor(Sample.prototype, 'ONE')).toEqual(constant);
  });

  it('the tag is the name', () => {
    expect(Object.getOwnPropertyDescriptor(Sample.prototype, Symbol.toStringTag)).toEqual({
      value: 'Sample',
      enumerable: false,
      writable: false,
      configurable: true,
    });
  });
});
