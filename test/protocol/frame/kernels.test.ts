import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadMaskKernel } from '../../../src/protocol/frame/kernels.ts';
import { assembleKernels } from '../../../tools/kernels.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe('the kernels in WebAssembly', () => {
  it('are what the assembler makes of kernels.wat today', async () => {
    const source = new URL('../../../src/protocol/frame/kernels.ts', import.meta.url);
    const held = /'(AGFzb[A-Za-z0-9+/=]+)'/.exec(readFileSync(source, 'utf8'))?.[1];
    expect(held).toBe(await assembleKernels());
  });

  it('load where WebAssembly is to be had', () => {
    const bytes = new Uint8Array(70_000);
    loadMaskKernel()!.mask(bytes, 1, 69_999, 0x04030201);
    expect([...bytes.subarray(0, 6)]).toEqual([0, 1, 2, 3, 4, 1]);
    expect([...bytes.subarray(69_996)]).toEqual([4, 1, 2, 0]);
  });

  it('are done without where it is not, or where a policy forbids it', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    expect(loadMaskKernel()).toBe(undefined);
    const { mask, openMemory } = await import('../../../src/protocol/frame/mask.ts');
    expect(openMemory().length).toBe(65_536);
    const bytes = new Uint8Array(1001);
    mask(bytes, 0, 1001, 0x04030201);
    expect(bytes.every((byte, i) => byte === (i % 4) + 1)).toBe(true);
    vi.stubGlobal('WebAssembly', {
      Module: class {
        constructor() {
          throw new Error('refused by the content security policy');
        }
      },
    });
    expect(loadMaskKernel()).toBe(undefined);
  });
});
