import { describe, expect, it } from 'vitest';
import { Strand } from '../../../src/gateways/tabs/strand.ts';
import { Shared } from '../../../src/ground/shared.ts';
import { disconnects } from '../../../src/wire/index.ts';
import { SlowPipe, settled } from './world.ts';

function open() {
  const log: string[] = [];
  const strand = new Strand(1, new SlowPipe(), {
    waits: () => log.push('waits'),
    over: () => log.push('over'),
  });
  strand.listen({
    received: (payload) => log.push(String(payload)),
    closed: () => log.push('closed'),
  });
  return { strand, log };
}

describe('what waits in a strand', () => {
  it('is counted in bytes of UTF-8, until it is taken', () => {
    const { strand } = open();
    strand.send(new Shared('a€'));
    strand.send(new Shared(Uint8Array.of(1, 2)));
    expect(strand.bufferedBytes).toBe(6);
    strand.take();
    expect([strand.bufferedBytes, strand.hasMore]).toEqual([2, true]);
    strand.take();
    expect([strand.bufferedBytes, strand.hasMore]).toEqual([0, false]);
  });

  it('keeps its order, however much there is', () => {
    const { strand } = open();
    const taken: unknown[] = [];
    for (let n = 0; n < 5_000; n += 1) {
      strand.send(new Shared(String(n)));
    }
    while (strand.hasMore) {
      taken.push(strand.take());
    }
    expect(taken).toEqual(Array.from({ length: 5_000 }, (_, n) => `m1 ${n}`));
  });

  it('has drained when all of it is taken, and not sooner', async () => {
    const { strand, log } = open();
    strand.send(new Shared('a'));
    strand.send(new Shared('b'));
    for (let one = 0; one < 2; one += 1) {
      void strand.drained().then(() => log.push('drained'));
    }
    strand.take();
    await settled();
    expect(log).not.toContain('drained');
    strand.take();
    await settled();
    expect(log.filter((what) => what === 'drained')).toHaveLength(2);
    await strand.drained();
  });

  it('has drained when the strand is gone', async () => {
    const { strand } = open();
    strand.send(new Shared('a'));
    const drained = strand.drained();
    strand.lost();
    await drained;
    expect(strand.bufferedBytes).toBe(0);
  });
});

describe('the end of a strand', () => {
  it('comes after its close frame, and from outside', async () => {
    const { strand, log } = open();
    strand.close(disconnects.FENCED);
    expect(strand.take()).toBe(`c1 4003 ${disconnects.FENCED.reason}`);
    expect(log).toEqual(['waits', 'over']);
    await settled();
    strand.lost();
    strand.received('late');
    expect(log).toEqual(['waits', 'over', 'closed']);
  });
});
