/**
 * `npm run bench -- kernels`: the smallest parts by themselves, in nanoseconds a call, and where their lines cross.
 * In: nothing. Out: a table for each kind of work. Cannot fail.
 */
import { isAscii, isUtf8 as nodeIsUtf8 } from 'node:buffer';
import { createHash, hash } from 'node:crypto';
import { createRequire } from 'node:module';
import { FrameHeader } from '../../src/protocol/frame/header.ts';
import { loadMaskKernel } from '../../src/protocol/frame/kernels.ts';
import { mask, maskBytes, maskWords } from '../../src/protocol/frame/mask.ts';
import { HeadReader, headLimitDefaults, readHead } from '../../src/protocol/handshake/head.ts';
import { acceptFor } from '../../src/protocol/handshake/key.ts';
import { isUtf8 } from '../../src/protocol/message/utf8.ts';

const { unmask } = createRequire(import.meta.url)('bufferutil') as {
  readonly unmask: (bytes: Buffer, key: Buffer) => void;
};
const sizes = [16, 48, 128, 256, 1024, 16_384, 1_048_576];
const keyNumber = 0x7c5c9a12;
const keyBytes = Buffer.from([0x12, 0x9a, 0x5c, 0x7c]);

type Work = readonly [name: string, run: (bytes: Buffer) => unknown];

export async function tellKernels(): Promise<void> {
  const kernel = loadMaskKernel();
  bySize('unmask', () => Buffer.alloc(1_048_576, 'x'), [
    ['bytes', (bytes) => maskBytes(bytes, 0, bytes.length, keyNumber)],
    ['words', (bytes) => maskWords(bytes, 0, bytes.length, keyNumber)],
    ['WebAssembly', (bytes) => kernel?.mask(bytes, 0, bytes.length, keyNumber)],
    ['as chosen', (bytes) => mask(bytes, 0, bytes.length, keyNumber)],
    ['bufferutil', (bytes) => unmask(bytes, keyBytes)],
  ]);
  const checks: readonly Work[] = [
    ['pure UTF-8', (bytes) => isUtf8(bytes, 0, bytes.length)],
    ['Node UTF-8', (bytes) => nodeIsUtf8(bytes)],
    ['Node ASCII', (bytes) => isAscii(bytes)],
  ];
  const decoding: readonly Work[] = [
    ['decode as UTF-8', (bytes) => bytes.toString('utf8')],
    ['decode as Latin-1', (bytes) => bytes.toString('latin1')],
  ];
  bySize('text, ASCII', () => Buffer.alloc(1_048_576, 'abcdefgh'), [...checks, ...decoding]);
  bySize('text, Greek', () => Buffer.alloc(1_048_576, 'κόσμος μι'), [...checks, ...decoding]);
  once('a frame header', [['small, masked', headerOf([0x82, 0x94, 1, 2, 3, 4])]]);
  once('the answer to a key', [
    ['our SHA-1', () => acceptFor('dGhlIHNhbXBsZSBub25jZQ==')],
    ['createHash', () => acceptFor('dGhlIHNhbXBsZSBub25jZQ==', withCreateHash)],
    ['hash', () => acceptFor('dGhlIHNhbXBsZSBub25jZQ==', (text) => hash('sha1', text, 'base64'))],
  ]);
  const head = Buffer.from(
    `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n${'X-Some-Field: of a usual length\r\n'.repeat(8)}\r\n`,
  );
  once('a head of 8 fields', [
    ['as it comes', () => new HeadReader(headLimitDefaults).read(head)],
    ['whole', () => readHead(head.toString('latin1', 0, head.length - 2), headLimitDefaults)],
  ]);
}

function withCreateHash(text: string): string {
  return createHash('sha1').update(text, 'latin1').digest('base64');
}

function headerOf(bytes: readonly number[]): () => unknown {
  const header = new FrameHeader(true);
  const chunk = Uint8Array.from(bytes);
  return () => header.read(chunk, 0, chunk.length);
}

function bySize(title: string, make: () => Buffer, works: readonly Work[]): void {
  const whole = make();
  const rows = sizes.map((size) => {
    const bytes = whole.subarray(0, size);
    return [`${size} B`, ...works.map(([, run]) => show(nsPer(() => run(bytes))))];
  });
  print([[title, ...works.map(([name]) => name)], ...rows]);
}

function once(title: string, works: readonly (readonly [string, () => unknown])[]): void {
  print([[title, 'ns'], ...works.map(([name, run]) => [name, show(nsPer(run))])]);
}

/** The best of several stretches: what disturbs can only add. */
function nsPer(run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  let calls = 16;
  for (let stretch = 0; stretch < 12; ) {
    const beganMs = performance.now();
    for (let i = 0; i < calls; i += 1) {
      sink = run();
    }
    const tookMs = performance.now() - beganMs;
    if (tookMs < 3) {
      calls *= 2;
    } else {
      best = Math.min(best, (tookMs * 1e6) / calls);
      stretch += 1;
    }
  }
  return best;
}

/** Where results go, so that no call is found to be for nothing. */
export let sink: unknown;

function show(ns: number): string {
  return ns >= 100 ? ns.toFixed(0) : ns.toPrecision(3);
}

function print([head = [], ...rows]: readonly (readonly string[])[]): void {
  const rule = head.map((_, i) => (i === 0 ? '---' : '--:'));
  for (const cells of [head, rule, ...rows]) {
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log();
}
