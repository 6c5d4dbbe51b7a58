/**
 * The unmasking kernel in WebAssembly (kernels.wat), assembled by `npx tsx tools/kernels.ts`.
 * In: bytes and a key. Out: the same bytes, changed in place. Where WebAssembly is refused (a strict content security
 * policy, an old processor) there is no kernel, and mask.ts goes on without.
 */

const assembled: string =
  'AGFzbQEAAAABBwFgA39/fwADAgEABQQBAQICBxMCBm1lbW9yeQIABnVubWFzawAACrgBAbUBAQF7IAL9ESEDAkADQCAAQcAAaiABSw0BIAAgAP0ABAAgA/1R/QsEACAAIAD9AAQQIAP9Uf0LBBAgACAA/QAEICAD/VH9CwQgIAAgAP0ABDAgA/1R/QsEMCAAQcAAaiEADAALCwJAA0AgAEEEaiABSw0BIAAgACgCACACczYCACAAQQRqIQAMAAsLAkADQCAAIAFPDQEgACAALQAAIAJzOgAAIAJBCHYhAiAAQQFqIQAMAAsLCw==';

/** What is taken through the kernel's memory at a time. A multiple of four: the key begins anew with each round. */
const pageBytes = 65_536;

export interface MaskKernel {
  /** Bytes that are masked where they stand, without going anywhere. They may be used for whatever is read. */
  readonly open: Uint8Array;
  /** XORs `bytes` from `start` to `end` with `key`, whose lowest byte is for the first of them. */
  mask(bytes: Uint8Array, start: number, end: number, key: number): void;
}

type Unmask = (at: number, end: number, key: number) => void;

/** A kernel with memory of its own, or undefined where WebAssembly is not to be had. */
export function loadMaskKernel(): MaskKernel | undefined {
  try {
    const module = new WebAssembly.Module(fromBase64(assembled));
    const exports = new WebAssembly.Instance(module).exports;
    const { buffer } = exports['memory'] as { readonly buffer: ArrayBuffer };
    return kernelOn(buffer, exports['unmask'] as Unmask);
  } catch {
    return undefined;
  }
}

/** Takes other bytes through a page and back: two copies and the kernel are still faster than any loop here. */
function kernelOn(memory: ArrayBuffer, unmask: Unmask): MaskKernel {
  const page = new Uint8Array(memory, 0, pageBytes);
  return {
    open: new Uint8Array(memory, pageBytes),
    mask(bytes, start, end, key) {
      if (bytes.buffer === memory) {
        unmask(bytes.byteOffset + start, bytes.byteOffset + end, key);
        return;
      }
      for (let at = start; at < end; at += pageBytes) {
        const length = Math.min(pageBytes, end - at);
        page.set(bytes.subarray(at, at + length));
        unmask(0, length, key);
        bytes.set(page.subarray(0, length), at);
      }
    },
  };
}

function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  const latin1 = atob(base64);
  const bytes = new Uint8Array(latin1.length);
  for (let i = 0; i < latin1.length; i += 1) {
    bytes[i] = latin1.charCodeAt(i);
  }
  return bytes;
}
