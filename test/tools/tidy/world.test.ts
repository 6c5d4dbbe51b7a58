import { describe, expect, it } from 'vitest';
import { makeTree } from '../../../tools/tidy/tree.ts';
import { world } from '../../../tools/tidy/world.ts';

const wrongIn = (path: string, text: string): string[] =>
  world(makeTree({ [path]: text })).map(({ line, wrong }) => `${line} ${wrong}`);

describe('time, chance and the world are arguments below endpoint', () => {
  const refused: [string, string][] = [
    ['const now = Date.now();', 'Date.now'],
    ["const now = Date['now']();", 'Date.now'],
    ['const { now } = Date;', 'Date.now'],
    ['const now = new Date();', 'Date'],
    ['const now = new globalThis.Date();', 'Date'],
    ['const now = performance.now();', 'performance'],
    ['const chance = Math.random();', 'Math.random'],
    ['const { random } = Math;', 'Math.random'],
    ['setTimeout(run, 10);', 'setTimeout'],
    ['const wait = { setTimeout };', 'setTimeout'],
    ['globalThis.setTimeout(run, 10);', 'setTimeout'],
    ['const wait = globalThis[name];', 'global'],
    ['setInterval(run, 10);', 'setInterval'],
    ['setImmediate(run);', 'setImmediate'],
    ['clearTimeout(timer);', 'clearTimeout'],
    ['const signal = AbortSignal.timeout(10);', 'AbortSignal.timeout'],
    ['const name = process.argv[1];', 'process'],
    ['const bytes = Buffer.from(text) as Uint8Array;', 'Buffer'],
    ['class A { now(): number { return Date.now(); } }', 'Date.now'],
    ['const length = [Math.random()]!.length;', 'Math.random'],
  ];
  for (const [text, name] of refused) {
    it(`${text} is refused`, () => {
      expect(wrongIn('src/hub/a.ts', `\n${text}`)).toEqual([`2 ${name} in hub`]);
    });
  }

  const allowed = [
    'const most = Math.max(1, 2);',
    'const day = new Date(atMs).toISOString();',
    'const day = Date.UTC(2000, 0);',
    'const isDay = day instanceof Date;',
    'clock.setTimeout(run);',
    'const names = { process: 1, performance: 2 };',
    'class Wait { setTimeout(): void {} }',
    "const text = 'Date.now()'; // setTimeout",
    'interface Wait { setTimeout(run: () => void): number; process: Date }',
    'let timer: ReturnType<typeof setTimeout>;',
    "import { process as work } from './b.ts';",
    'const bytes = new Uint8Array(new ArrayBuffer(8));',
  ];
  for (const text of allowed) {
    it(`${text} is allowed`, () => {
      expect(wrongIn('src/hub/a.ts', text)).toEqual([]);
    });
  }

  it('rooms that know Node have them', () => {
    expect(wrongIn('src/endpoint/clock.ts', 'setTimeout(run, Date.now());')).toEqual([]);
  });

  it("the client's clock has time, and nothing else of the machine", () => {
    const text = 'setTimeout(run, performance.now());\nprocess.exit();';
    expect(wrongIn('src/client/clock.ts', text)).toEqual(['2 process in client']);
    expect(wrongIn('src/client/session.ts', 'setTimeout(run, 1);')).toEqual([
      '1 setTimeout in client',
    ]);
  });
});
