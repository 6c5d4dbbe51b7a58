import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assembleKernels } from '../../tools/kernels.ts';

describe('the assembled kernels', () => {
  it('kernels.ts holds what kernels.wat says', async () => {
    const held = readFileSync(
      new URL('../../src/protocol/frame/kernels.ts', import.meta.url),
      'utf8',
    );
    const assembled = await assembleKernels();
    expect(assembled.slice(0, 8)).toBe('AGFzbQEA');
    expect(held).toContain(`'${assembled}'`);
  });
});
