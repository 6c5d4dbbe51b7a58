import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/testing/index.ts';
import type { Publication } from '../../src/wire/index.ts';
import { maxLines, readAgainAfterMs } from '../../standalone/console/src/log.ts';
import { maxNotes } from '../../standalone/console/src/notes.ts';
import { maxOutgoing } from '../../standalone/console/src/outgoing.ts';
import { openRoom, type Room } from '../../standalone/console/src/room.ts';
import { admit, entry, FakeRoad, place } from '../client/world.ts';

const channel = 'chat/lobby';

interface World {
  readonly room: Room;
  readonly clock: ManualClock;
  /** The server's end of the present connection. */
  readonly road: () => FakeRoad;
}

function start(): World {
  const clock = new ManualClock();
  const roads: FakeRoad[] = [];
  const transport = {
    name: 'fake',
    open(...[url, subprotocols, listener]: ConstructorParameters<typeof FakeRoad>) {
      const road = new FakeRoad(url, subprotocols, listener);
      roads.push(road);
      return road;
    },
  };
  const room = openRoom({ url: 'ws://a.example/', name: 'Ada', transport, clock });
  return { room, clock, road: () => roads.at(-1)! };
}

/** Lets what was promised go on. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i += 1) {
    await Promise.resolve();
  }
}

function give(road: FakeRoad, publications: readonly Publication[], top: number): void {
  const { id } = road.last('history');
  road.say({ type: 'historyPage', id, channel, publications, top: place(top), more: false });
}

/** Let in, with the log read up to entry 2, and following it. */
async function followed(): Promise<World> {
  const world = start();
  await settled();
  world.road().welcome('Ada');
  give(world.road(), [entry(1), entry(2)], 2);
  await settled();
  admit(world.road(), 2);
  return world;
}

function publish(road: FakeRoad, publication: Publication): void {
  road.say({ type: 'publication', channel, publication });
}

const texts = (room: Room): unknown[] =>
  room.lines.value.map((line) => (line.kind === 'gap' ? line.gap.reason : line.message.data));
const said = (room: Room): string[] => room.notes.value.map(({ text }) => text);

describe('the log in a room', () => {
  it('the latest 50 are asked for, shown, and followed from the end of the log', async () => {
    const { room, road } = await followed();
    expect(road().last('history')).toEqual({ type: 'history', id: 1, channel, limit: 50 });
    expect(road().last('subscribe').since).toEqual(place(2));
    expect(texts(room)).toEqual([1, 2]);
    expect(room.position.value).toBe('e1:2:id2');
    expect(room.received.value).toBe(0);
    publish(road(), entry(3));
    expect(texts(room)).toEqual([1, 2, 3]);
    expect(room.position.value).toBe('e1:3:id3');
    expect(room.received.value).toBe(1);
  });

  it('a gap stands between the lines, is counted and noted', async () => {
    const { room, road } = await followed();
    road().say({
      type: 'gap',
      channel,
      gap: { reason: 'trimmed', from: place(2), to: place(7) },
    });
    publish(road(), entry(8));
    expect(texts(room)).toEqual([1, 2, 'trimmed', 8]);
    expect(room.gaps.value).toBe(1);
    expect(room.position.value).toBe('e1:8:id8');
    expect(said(room)).toEqual(['gap: trimmed', 'Connected.']);
  });

  it('the page keeps so many lines, and forgets the oldest', async () => {
    const { room, road } = await followed();
    for (let n = 3; n <= maxLines; n += 1) {
      publish(road(), entry(n));
    }
    expect(texts(room)).toHaveLength(maxLines);
    expect(texts(room)[0]).toBe(1);
    publish(road(), entry(maxLines + 1));
    expect(texts(room)).toHaveLength(maxLines);
    expect(texts(room)[0]).toBe(2);
    expect(new Set(room.lines.value.map(({ key }) => key)).size).toBe(maxLines);
  });

  it('what arrived is counted second by second', async () => {
    const { room, road, clock } = await followed();
    publish(road(), entry(3));
    publish(road(), entry(4));
    clock.advance(1000);
    expect(room.rates.value.slice(-2)).toEqual([0, 2]);
    clock.advance(1000);
    expect(room.rates.value.slice(-2)).toEqual([2, 0]);
    expect(room.rates.value).toHaveLength(30);
  });
});

describe('a log that cannot be read', () => {
  it('now: is asked for again after a while, and not before, however quick the refusal', async () => {
    const { room, road, clock } = start();
    await settled();
    road().welcome('Ada');
    for (let asked = 1; asked <= 3; asked += 1) {
      const { id } = road().last('history');
      road().say({ type: 'error', id, code: 'BROKER_UNAVAILABLE', message: 'x', retryable: true });
      await settled();
      clock.advance(readAgainAfterMs - 1);
      await settled();
      expect(road().all('history')).toHaveLength(asked);
      clock.advance(1);
      await settled();
      expect(road().all('history')).toHaveLength(asked + 1);
    }
    give(road(), [entry(1)], 1);
    await settled();
    expect(texts(room)).toEqual([1]);
  });

  it('for lack of a connection: is asked for again each time the client has given up waiting', async () => {
    const { room, clock, road } = start();
    // It waits 10 s for a connection and pauses for 1 s, over and over: from 55 s on it waits for the sixth time.
    for (let ms = 0; ms < 60_000 || room.status.value !== 'connecting'; ms += 100) {
      await settled();
      clock.advance(100);
    }
    await settled();
    road().welcome('Ada');
    await settled();
    expect(road().all('history')).toHaveLength(1);
    expect(road().last('history').id).toBe(6);
    give(road(), [entry(1)], 1);
    await settled();
    expect(texts(room)).toEqual([1]);
  });

  it('because that is not allowed: is a note, and not asked for again', async () => {
    const { room, road, clock } = start();
    await settled();
    road().welcome('Ada');
    const { id } = road().last('history');
    road().say({ type: 'error', id, code: 'FORBIDDEN', message: 'no', retryable: false });
    await settled();
    clock.advance(1500);
    await settled();
    expect(road().all('history')).toHaveLength(1);
    expect(said(room)).toEqual(['The log cannot be read: ClientError: no', 'Connected.']);
  });
});

describe('what is said in a room', () => {
  it('stands apart until the log has it', async () => {
    const { room, road } = await followed();
    room.send('hello');
    expect(room.outgoing.value).toMatchObject([{ text: 'hello', problem: undefined }]);
    const { id, data } = road().last('publish');
    expect(data).toEqual({ text: 'hello' });
    road().say({ type: 'appended', id, position: place(3) });
    await settled();
    expect(room.outgoing.value).toEqual([]);
  });

  it('is sent again under its number when the answer was lost, and says so meanwhile', async () => {
    const { room, road, clock } = await followed();
    room.send('hello');
    expect(room.outgoing.value).toMatchObject([{ status: 'sent' }]);
    const { producer } = road().last('publish');
    const first = road();
    first.end();
    await settled();
    expect(room.outgoing.value).toMatchObject([{ text: 'hello', problem: undefined }]);
    clock.advance(2000);
    await settled();
    expect(road()).not.toBe(first);
    road().welcome('Ada');
    await settled();
    expect(road().last('publish').producer).toEqual(producer);
    road().say({ type: 'appended', id: road().last('publish').id, position: place(3) });
    await settled();
    expect(room.outgoing.value).toEqual([]);
  });

  it('waits when it was refused for now', async () => {
    const { room, road } = await followed();
    room.send('hello');
    const { id } = road().last('publish');
    road().say({ type: 'error', id, code: 'BROKER_UNAVAILABLE', message: 'x', retryable: true });
    await settled();
    expect(room.outgoing.value).toMatchObject([{ text: 'hello', problem: undefined }]);
  });

  it('stays when it was sent twice and nobody can say what became of it', async () => {
    const { room, road, clock } = await followed();
    room.send('hello');
    road().end();
    clock.advance(2000);
    await settled();
    road().welcome('Ada');
    await settled();
    const { id } = road().last('publish');
    road().say({ type: 'error', id, code: 'ANSWER_UNKNOWN', message: 'x', retryable: false });
    await settled();
    const problem = 'The connection broke before the answer: it may be in the log, or not.';
    expect(room.outgoing.value).toMatchObject([{ text: 'hello', status: 'unknown', problem }]);
  });

  it('stays, with why, when it was refused; and can be sent again', async () => {
    const { room, road } = await followed();
    room.send('hello');
    const { id } = road().last('publish');
    road().say({ type: 'error', id, code: 'FORBIDDEN', message: 'because', retryable: false });
    await settled();
    const problem = 'Refused: because';
    expect(room.outgoing.value).toMatchObject([{ text: 'hello', status: 'failed', problem }]);
    room.sendAgain(room.outgoing.value[0]!.key);
    expect(room.outgoing.value).toMatchObject([{ text: 'hello', problem: undefined }]);
    road().say({ type: 'appended', id: road().last('publish').id, position: place(3) });
    await settled();
    expect(room.outgoing.value).toEqual([]);
    room.sendAgain('no such key');
    expect(road().all('publish')).toHaveLength(2);
  });

  it('is no longer taken when too much waits', async () => {
    const { room } = await followed();
    room.burst(maxOutgoing);
    expect(room.outgoing.value).toHaveLength(maxOutgoing);
    expect(room.outgoing.value.at(-1)?.text).toBe(`${maxOutgoing} of ${maxOutgoing}`);
    room.send('one more');
    expect(room.outgoing.value).toHaveLength(maxOutgoing);
    expect(said(room)[0]).toBe(`Not taken: ${maxOutgoing} messages wait to be sent.`);
  });
});

describe('the connection of a room', () => {
  it('is cut, comes back by itself, and goes on where it was', async () => {
    const { room, road, clock } = await followed();
    const first = road();
    room.cutNetwork(5000);
    expect(first.closedWith).toEqual({ code: 1000, reason: '' });
    expect(room.status.value).toBe('waiting');
    expect(room.retryAtMs.value).toBeGreaterThanOrEqual(clock.wallMs());
    for (let ms = 0; ms < 8000 && road() === first; ms += 100) {
      clock.advance(100);
      await settled();
    }
    expect(clock.nowMs()).toBeGreaterThanOrEqual(5000);
    road().welcome('Ada');
    expect(road().last('resume').channels).toEqual([{ channel, since: place(2) }]);
    expect(room.status.value).toBe('connected');
    expect(room.retryAtMs.value).toBeUndefined();
    expect(said(room)).toEqual([
      `Back after ${(clock.nowMs() / 1000).toFixed(1)} s.`,
      'Connection lost (CONNECTION_LOST); trying again.',
      'Network cut for 5.0 s.',
      'Connected.',
    ]);
    expect(room.gaps.value).toBe(0);
  });

  it('shows the round trip of its pings', async () => {
    const { room, road, clock } = await followed();
    expect(room.roundTripMs.value).toBeUndefined();
    clock.advance(12);
    road().say({ type: 'pong', id: road().last('ping').id });
    expect(room.roundTripMs.value).toBe(12);
  });

  it('that the server ended for good is closed, with why', async () => {
    const { room, road } = await followed();
    road().end(4503, 'the application did not let this client in');
    expect(room.status.value).toBe('closed');
    expect(said(room)[0]).toBe('Closed: the application did not let this client in');
  });

  it('so many notes are kept, the newest first', async () => {
    const { room } = await followed();
    for (let ms = 1; ms <= maxNotes; ms += 1) {
      room.cutNetwork(ms * 1000);
    }
    expect(said(room)).toHaveLength(maxNotes);
    expect(said(room)[0]).toBe(`Network cut for ${maxNotes}.0 s.`);
  });
});
