/**
 * Assembles the WebAssembly kernels. In: src/protocol/frame/kernels.wat. Out: the bytes as base64, as kernels.ts holds
 * them; `npx tsx tools/kernels.ts` prints them. A test compares the two.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const source: URL = new URL('../src/protocol/frame/kernels.wat', import.meta.url);

export async function assembleKernels(): Promise<string> {
  const assembler = await wabt();
  const module = assembler.parseWat('kernels.wat', readFileSync(source, 'utf8'), { simd: true });
  module.validate();
  const { buffer } = module.toBinary({});
  module.destroy();
  return Buffer.from(buffer).toString('base64');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await assembleKernels());
}
