import { describe, expect, it } from 'vitest';
import { fromHex, hex, readCorpus, readFailures } from '../../fuzz/corpus.ts';
import { plainSubject, type Subject } from '../../fuzz/subject.ts';
import { targets } from '../../fuzz/targets/index.ts';

/** The first of `inputs` that breaks a promise, and which. */
function firstBroken(name: string, subject: Subject, inputs: readonly Uint8Array[]): string {
  const target = targets.get(name)!(subject);
  for (const input of inputs) {
    try {
      target.run(input);
    } catch (error) {
      return `${hex(input)}: ${String(error)}`;
    }
  }
  return 'none';
}

describe('fuzz: what was found stays found', () => {
  for (const name of targets.keys()) {
    it(`${name}: the corpus keeps every promise`, () => {
      const inputs = readCorpus(name).map((entry) => entry.input);
      expect(inputs.length).toBeGreaterThan(10);
      expect(firstBroken(name, plainSubject, inputs)).toBe('none');
    });
  }

  it('the corpus is small: at most 400 inputs and 300 KB', () => {
    const entries = [...targets.keys()].flatMap(readCorpus);
    const bytes = entries.reduce((sum, { input }) => sum + input.length * 2, 0);
    expect(entries.length).toBeLessThanOrEqual(400);
    expect(bytes).toBeLessThan(300_000);
  });

  for (const { target, promise, input } of readFailures()) {
    it(`${target}: ${promise} (${input.slice(0, 32)})`, () => {
      expect(firstBroken(target, plainSubject, [fromHex(input)])).toBe('none');
    });
  }
});

describe('fuzz: a broken promise is seen', () => {
  const inputs = (name: string): Uint8Array[] => readCorpus(name).map((entry) => entry.input);
  const { protocol, utf8 } = plainSubject;

  it('server and client: a connection that loses the last byte of large chunks', () => {
    class Lossy extends protocol.Connection {
      override receive(chunk: Uint8Array, nowMs: number): void {
        super.receive(chunk.length > 6 ? chunk.subarray(0, -1) : chunk, nowMs);
      }
    }
    const broken = { ...plainSubject, protocol: { ...protocol, Connection: Lossy } };
    expect(firstBroken('server', broken, inputs('server'))).toContain('Finding: what is told');
    expect(firstBroken('client', broken, inputs('client'))).toContain('Finding: what is told');
  });

  it('calls: a connection that cannot be suspended', () => {
    class Restless extends protocol.Connection {
      override suspend(): void {
        this['suspension']['isPaused'] = true;
      }
    }
    const broken = { ...plainSubject, protocol: { ...protocol, Connection: Restless } };
    expect(firstBroken('calls', broken, inputs('calls'))).toContain('Finding: ');
  });

  it('compressed: a connection that does not hold still while a message is inflated', () => {
    class Hasty extends protocol.Connection {
      constructor(...given: ConstructorParameters<typeof protocol.Connection>) {
        super(...given);
        const incoming = this['incoming'];
        incoming.deflated = (...told: [Uint8Array, number, number, boolean, boolean]) =>
          incoming['inflater']!.take(...told);
      }
    }
    const broken = { ...plainSubject, protocol: { ...protocol, Connection: Hasty } };
    expect(firstBroken('compressed', broken, inputs('compressed'))).toContain(
      'Finding: nothing is told while a message is inflated',
    );
  });

  it('head: a reader that never ends', () => {
    class Endless extends protocol.HeadReader {
      override read(chunk: Uint8Array): number {
        super.read(chunk);
        return chunk.length;
      }
    }
    const broken = { ...plainSubject, protocol: { ...protocol, HeadReader: Endless } };
    expect(firstBroken('head', broken, inputs('head'))).toContain('Finding: ');
  });

  it('utf8: a check that takes everything', () => {
    class Trusting extends utf8.Utf8Check {
      override push(): boolean {
        return true;
      }
    }
    const broken = { ...plainSubject, utf8: { ...utf8, Utf8Check: Trusting } };
    expect(firstBroken('utf8', broken, inputs('utf8'))).toContain('Finding: any chunking');
  });
});
