import { describe, expect, it } from 'vitest';
import { Alarms } from '../../src/endpoint/alarms.ts';
import { Tally } from '../../src/endpoint/counters.ts';
import type { Drive } from '../../src/endpoint/drive.ts';
import { Holding } from '../../src/endpoint/holding.ts';
import type { Websocket } from '../../src/endpoint/index.ts';
import { eventually, frame, HandClock, RawPeer, serve, text, turnOver } from './support.ts';
import { payloads, watched } from './watched.ts';

function held(): { holding: Holding; kept: boolean[]; clock: HandClock } {
  const clock = new HandClock();
  const kept: boolean[] = [];
  const drive = { keepBack: (isKeptBack: boolean) => void kept.push(isKeptBack) };
  const engine = { alarms: new Alarms(clock), counters: new Tally(), nowMs: () => clock.nowMs() };
  return { holding: new Holding(drive as unknown as Drive, engine), kept, clock };
}

describe('hold and release', () => {
  it('are counted', () => {
    const { holding, kept, clock } = held();
    holding.hold();
    holding.hold();
    holding.release();
    expect(kept).toEqual([true]);
    holding.release();
    expect(kept).toEqual([true, false]);
    holding.release();
    expect([kept.length, clock.pending]).toEqual([2, 0]);
  });

  it('who forgets to release is released after a second, once', () => {
    const { holding, kept, clock } = held();
    holding.hold();
    holding.hold();
    clock.advance(999);
    expect(kept).toEqual([true]);
    clock.advance(101);
    expect(kept).toEqual([true, false]);
    holding.release();
    expect(kept).toEqual([true, false]);
    holding.hold();
    expect(kept).toEqual([true, false, true]);
  });
});

/** A websocket for which no second ever passes. */
async function standingStill(): Promise<{ peer: RawPeer; websocket: Websocket }> {
  const { port, accepted } = await serve({}, () => {}, { clock: new HandClock() });
  const peer = await RawPeer.open(port);
  return { peer, websocket: await accepted() };
}

describe('what a websocket holds', () => {
  it('of several passes of the event loop leaves in one write', async () => {
    const [it_] = await watched();
    const { websocket, peer, writes } = it_!;
    websocket.hold();
    for (const message of ['one', 'two', 'three']) {
      websocket.send(message);
      await turnOver();
    }
    expect(writes).toEqual([]);
    websocket.release();
    expect(payloads(await peer.frames(3))).toEqual(['one', 'two', 'three']);
    expect(writes.length).toBe(1);
  });

  it('of a turn waits too, the pong with it', async () => {
    const [it_] = await watched((websocket) => {
      websocket.on('message', () => {
        websocket.hold();
        websocket.send('answer');
      });
    });
    const { websocket, peer, writes, chunks } = it_!;
    peer.write(text('ask'), frame(9, 'ping'));
    await eventually(() => chunks.length > 0);
    await turnOver();
    expect(writes).toEqual([]);
    websocket.release();
    expect(payloads(await peer.frames(2))).toEqual(['answer', 'ping']);
    expect(writes.length).toBe(1);
  });

  it('leaves without a release once more than 64 KiB are together', async () => {
    const { peer, websocket } = await standingStill();
    websocket.hold();
    // With their headers 64 KiB to the byte.
    websocket.send(Buffer.alloc(40_000));
    websocket.send(Buffer.alloc(25_528));
    await turnOver();
    expect(websocket.bufferedBytes).toBe(65_536);
    websocket.send('');
    expect((await peer.frames(3)).length).toBe(3);
  });

  it('leaves before the Close frame, whoever closes', async () => {
    for (const act of ['ours', 'theirs'] as const) {
      const { peer, websocket } = await standingStill();
      websocket.hold();
      websocket.send('last words');
      if (act === 'ours') {
        void websocket.close();
      } else {
        peer.write(frame(8, Buffer.from([3, 232])));
      }
      const frames = await peer.frames(2);
      expect(frames.map(({ opcode }) => opcode)).toEqual([1, 8]);
    }
  });

  it('forgotten, is not lost: it leaves after a second', async () => {
    const [it_] = await watched();
    const { websocket, peer } = it_!;
    websocket.hold();
    websocket.send('forgotten');
    expect(payloads(await peer.frames(1))).toEqual(['forgotten']);
  });
});
