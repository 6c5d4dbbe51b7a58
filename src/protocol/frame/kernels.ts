/**
 * The unmasking kernel in WebAssembly (kernels.wat), assembled by `npx tsx tools/kernels.ts`.
 * In: bytes and a key. Out: the same bytes, changed in place. Where WebAssembly is refused (a strict content security
 * policy, an old processor) there is no kernel, and mask.ts goes on without.
 */

const assembled: string =
  'AGFzbQEAAAABBgFgAn9/AAMCAQAFBAEBAQEHEwIGbWVtb3J5AgAGdW5tYXNrAAAKYAFeAgF/AXsgAf0RIQMDQCACIAL9AAQAIAP9Uf0LBAAgAiAC/QAEECAD/VH9CwQQIAIgAv0ABCAgA/1R/QsEICACIAL9AAQwIAP9Uf0LBDAgAkHAAGohAiACIABJDQALCw==';

/** What one step of the kernel may write past the end of what it was given. */
const overshoot = 64;

export interface MaskKernel {
  /** XORs `bytes` from `start` to `end` with `key`, whose lowest byte is for the first of them. */
  mask(bytes: Uint8Array, start: number, end: number, key: number): void;
}

/** A kernel with a page of memory of its own, or undefined where WebAssembly is not to be had. */
export function loadMaskKernel(): MaskKernel | undefined {
  try {
    const module = new WebAssembly.Module(fromBase64(assembled));
    const exports = new WebAssembly.Instance(module).exports;
    const memory = new Uint8Array((exports['memory'] as { buffer: ArrayBuffer }).buffer);
    return pageKernel(memory, exports['unmask'] as (length: number, key: number) => void);
  } catch {
    return undefined;
  }
}

/** Takes the bytes through the page and back: two copies and the kernel are still faster than any loop here. */
function pageKernel(page: Uint8Array, unmask: (length: number, key: number) => void): MaskKernel {
  const room = page.length - overshoot;
  return {
    mask(bytes, start, end, key) {
      for (let at = start; at < end; at += room) {
        // `room` is a multiple of four, so the key begins anew with each round.
        const length = Math.min(room, end - at);
        page.set(bytes.subarray(at, at + length));
        unmask(length, key);
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
