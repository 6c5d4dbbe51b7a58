import { describe, expect, it } from 'vitest';
import type { ToTab } from '../../../../src/client/transports/shared-tabs/messages.ts';
import { anybody, Remotes } from '../../../../src/client/transports/shared-tabs/remotes.ts';
import { Seeker } from '../../../../src/client/transports/shared-tabs/seeker.ts';
import { listening, TestTube } from './peers.ts';

function open() {
  const tubes: TestTube[] = [];
  const told: string[] = [];
  const remotes = new Remotes({
    id: 'me',
    maxWaiting: 100,
    meet(at) {
      const tube = new TestTube();
      tubes.push(tube);
      told.push(`meet ${at}`);
      return { tube, unwatch: () => told.push(`unwatch ${at}`) };
    },
    full: () => told.push('full'),
  });
  const seek = () => {
    const listener = listening();
    return { listener, seeker: new Seeker(['x'], listener, () => undefined) };
  };
  const hear = (from: string, type: string, road: number, more: object = {}): void =>
    remotes.received({ v: 1, from, type, road, ...more } as ToTab);
  return { remotes, tubes, told, seek, hear };
}

describe('roads that others hold', () => {
  it('are asked for by one way to each holder, which is let go with the last of them', () => {
    const { remotes, seek, tubes, told } = open();
    const [one, two] = [seek(), seek()];
    remotes.place(one.seeker, 'leader');
    remotes.place(two.seeker, 'leader');
    expect(tubes.map(({ said }) => said)).toEqual([['open x 1', 'open x 2']]);
    one.seeker.close(1000, '');
    expect(tubes[0]!.isClosed).toBe(false);
    two.seeker.close(1000, '');
    expect(tubes[0]!.isClosed).toBe(true);
    expect(told).toEqual(['meet leader', 'unwatch leader']);
  });

  it('hear their holder, and nobody else', () => {
    const { remotes, seek, hear } = open();
    const { seeker, listener } = seek();
    remotes.place(seeker, 'leader');
    hear('stranger', 'opened', 1);
    hear('leader', 'opened', 2);
    expect(remotes.isAnswered(seeker)).toBe(false);
    hear('leader', 'coming', 1);
    expect(remotes.isAnswered(seeker)).toBe(true);
    hear('leader', 'opened', 1);
    expect(listener.log).toEqual(['opened']);
  });

  it('a holder without a name yet may have any', () => {
    const { remotes, seek, hear } = open();
    const { seeker, listener } = seek();
    remotes.place(seeker, anybody);
    hear('worker-1', 'opened', 1);
    expect(listener.log).toEqual(['opened']);
  });

  it('are asked for again while nobody has answered', () => {
    const { remotes, seek, hear, tubes } = open();
    const { seeker } = seek();
    remotes.place(seeker, 'leader');
    remotes.askAgain(seeker);
    hear('leader', 'coming', 1);
    remotes.askAgain(seeker);
    expect(tubes[0]!.said).toEqual(['open x 1', 'open x 1']);
  });

  it('when there is no room it is said', () => {
    const { remotes, seek, hear, told } = open();
    remotes.place(seek().seeker, 'leader');
    hear('leader', 'full', 1);
    expect(told).toContain('full');
  });

  it('when the holder is gone, those who were seeking seek on, and the others end', () => {
    const { remotes, seek, hear } = open();
    const [one, two] = [seek(), seek()];
    remotes.place(one.seeker, 'leader');
    remotes.place(two.seeker, 'leader');
    hear('leader', 'opened', 1);
    remotes.gone('leader');
    expect(one.listener.log).toEqual(['opened', 'closed 1006 who held the road has gone']);
    expect([two.listener.log, two.seeker.isSeeking, two.seeker.at]).toEqual([[], true, undefined]);
  });
});
