import { describe, expect, it } from 'vitest';
import { maxEmptyLanes } from '../../src/client/lanes.ts';
import type { OutboxEntry } from '../../src/client/letter.ts';
import { type ErrorCode, maxJsonLength } from '../../src/wire/index.ts';
import {
  connectedWorld,
  type FakeRoad,
  failure,
  place,
  startWorld,
  turn,
  type World,
  welcome,
} from './world.ts';

/** Answers the publish that carries `data`: the latest sending of it. */
function store(road: FakeRoad, data: number, n = data): void {
  road.say({ type: 'appended', id: sending(road, data).id, position: place(n) });
}

function refuse(road: FakeRoad, data: number, code: ErrorCode, retryable = false): void {
  const { id } = sending(road, data);
  road.say({ type: 'error', id, code, message: 'no', retryable });
}

function sending(road: FakeRoad, data: number) {
  return road.all('publish').findLast((message) => message.data === data)!;
}

/** What was sent on this connection, in order: data, by which producer and number, and in a later numbering, in which. */
function sent(road: FakeRoad): string[] {
  return road.all('publish').map(({ data, producer }) => {
    const { name, epoch, first, seq } = producer!;
    const numbering = first === undefined ? '' : ` of ${epoch} from ${first}`;
    return `${String(data)} as ${name.split(' ')[1]}.${seq}${numbering}`;
  });
}

/** Publishes 1, 2, 3…; what becomes of each. */
function publishAll(world: World, many: number): string[] {
  const outcomes: string[] = [];
  for (let data = 1; data <= many; data += 1) {
    world.client.publish('room', data).then(
      ({ id }) => outcomes.push(`${data} is ${id}`),
      (error: { code: string }) => outcomes.push(`${data} ${error.code}`),
    );
  }
  return outcomes;
}

/** Another connection, after the first was lost. */
function comeBack({ road, clock }: World): void {
  road().end();
  clock.advance(500);
  road().welcome();
}

const steady = { pingAfterMs: 600_000, pongWithinMs: 600_000 };

describe('publish', () => {
  it('resolves with its place when the server says it is in the log', async () => {
    const { client, road } = connectedWorld();
    const publish = client.publish('room', { text: 'hi' });
    const { id } = road().last('publish');
    expect(road().last('publish')).toEqual({
      type: 'publish',
      id,
      channel: 'room',
      data: { text: 'hi' },
      producer: { name: 'producer 1 of these tests', epoch: 1, seq: 1 },
    });
    road().say({ type: 'appended', id, position: place(3) });
    expect(await publish).toEqual({ position: 'e1:3:id3', id: 'id3' });
  });

  it('is refused as the server says', async () => {
    const { client, road } = connectedWorld();
    const refused = failure(client.publish('room', 1));
    refuse(road(), 1, 'FORBIDDEN');
    expect(await refused).toMatchObject({ code: 'FORBIDDEN', message: 'no', retryable: false });
  });

  it('takes null for data', async () => {
    const { client, road } = connectedWorld();
    void failure(client.publish('room', null));
    await turn();
    expect(road().last('publish').data).toBe(null);
  });

  const cycle: unknown[] = [];
  cycle.push(cycle);
  const unsendable: [string, unknown][] = [
    ['undefined', undefined],
    ['a function', () => 1],
    ['a big integer', 1n],
    ['a cycle', cycle],
    ['what becomes nothing', { toJSON: () => undefined }],
    ['what is nested too deep for a server', JSON.parse('['.repeat(64) + ']'.repeat(64))],
    ['what is longer than a server reads', 'x'.repeat(1_048_576)],
  ];
  it.each(unsendable)('%s is REQUEST_INVALID, and is not sent', async (_, data) => {
    const { client, road } = connectedWorld();
    expect(await failure(client.publish('room', data))).toMatchObject({
      code: 'REQUEST_INVALID',
      retryable: false,
    });
    expect(road().all('publish')).toEqual([]);
  });

  it('sends data of the depth that a server reads', () => {
    const { client, road } = connectedWorld();
    void client.publish('room', JSON.parse('['.repeat(63) + ']'.repeat(63)));
    expect(road().all('publish')).toHaveLength(1);
  });

  it('sends what the data was when it was called', () => {
    const { client, road } = startWorld();
    const data = { text: 'before' };
    void client.publish('room', data);
    data.text = 'after';
    road().welcome();
    expect(road().last('publish').data).toEqual({ text: 'before' });
  });

  it('a channel that cannot be is CHANNEL_INVALID', async () => {
    const { client, road } = connectedWorld();
    expect(await failure(client.publish('a b', 1))).toMatchObject({ code: 'CHANNEL_INVALID' });
    expect(road().all('publish')).toEqual([]);
  });
});

describe('numbers', () => {
  it('are counted in each channel, by one producer for all, and sent without waiting for answers', () => {
    const { client, road } = connectedWorld();
    for (const [channel, data] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ] as const) {
      void client.publish(channel, data);
    }
    expect(sent(road())).toEqual(['1 as 1.1', '2 as 1.1', '3 as 1.2']);
  });

  it('a channel that has to be numbered anew goes on beyond its numbers, under a higher epoch; the others go on', async () => {
    const { client, road } = connectedWorld();
    void failure(client.publish('a', 1));
    refuse(road(), 1, 'FORBIDDEN');
    await turn();
    void client.publish('a', 2);
    void client.publish('b', 3);
    void client.publish('a', 4);
    expect(sent(road()).slice(1)).toEqual([
      '2 as 1.2 of 2 from 2',
      '3 as 1.1',
      '4 as 1.3 of 2 from 2',
    ]);
  });

  it('what has no answer when the connection is lost is sent again, with the same numbers and first', async () => {
    const world = connectedWorld();
    const outcomes = publishAll(world, 3);
    await turn();
    store(world.road(), 1);
    world.road().end();
    outcomes.push(...publishAll(world, 0));
    void world.client.publish('room', 4);
    world.clock.advance(500);
    world.road().welcome();
    expect(sent(world.road())).toEqual(['2 as 1.2', '3 as 1.3', '4 as 1.4']);
    store(world.road(), 2);
    store(world.road(), 3);
    await turn();
    expect(outcomes).toEqual(['1 is id1', '2 is id2', '3 is id3']);
  });

  it('as often as it takes', async () => {
    const world = connectedWorld(steady);
    const outcomes = publishAll(world, 1);
    await turn();
    for (let times = 0; times < 5; times += 1) {
      world.clock.advance(6_000);
      comeBack(world);
      expect(sent(world.road())).toEqual(['1 as 1.1']);
    }
    store(world.road(), 1);
    await turn();
    expect(outcomes).toEqual(['1 is id1']);
  });

  it('when no answer comes in time, it is sent again by the same connection', async () => {
    const world = connectedWorld(steady);
    const outcomes = publishAll(world, 1);
    await turn();
    world.clock.advance(10_000);
    world.clock.advance(250);
    expect(sent(world.road())).toEqual(['1 as 1.1', '1 as 1.1']);
    store(world.road(), 1);
    await turn();
    expect(outcomes).toEqual(['1 is id1']);
  });

  it('go on under another producer when the server knows the client as another user', async () => {
    const world = connectedWorld();
    const outcomes = publishAll(world, 1);
    await turn();
    world.road().end();
    void world.client.publish('room', 2);
    world.clock.advance(500);
    world.road().open();
    world.road().say(welcome('eve'));
    expect(sent(world.road())).toEqual(['2 as 2.1']);
    await turn();
    expect(outcomes).toEqual(['1 OUTCOME_UNKNOWN']);
  });
});

describe('a refusal of one', () => {
  const final: ErrorCode[] = ['FORBIDDEN', 'DATA_TOO_LARGE', 'KIND_MISMATCH', 'KEY_INVALID'];
  it.each(final)(
    '%s: those behind it are sent again, in a new numbering, in order',
    async (code) => {
      const world = connectedWorld();
      const outcomes = publishAll(world, 4);
      await turn();
      store(world.road(), 1);
      refuse(world.road(), 2, code);
      expect(sent(world.road()).slice(4)).toEqual(['3 as 1.5 of 2 from 5', '4 as 1.6 of 2 from 5']);
      for (const data of [3, 4]) {
        store(world.road(), data, data - 1);
      }
      await turn();
      expect(outcomes).toEqual(['1 is id1', `2 ${code}`, '3 is id2', '4 is id3']);
    },
  );

  it('nothing behind it is sent before what stands before it is answered', async () => {
    const world = connectedWorld();
    publishAll(world, 3);
    await turn();
    refuse(world.road(), 2, 'FORBIDDEN');
    void world.client.publish('room', 4);
    await turn();
    expect(sent(world.road())).toHaveLength(3);
    store(world.road(), 1);
    expect(sent(world.road()).slice(3)).toEqual(['3 as 1.4 of 2 from 4', '4 as 1.5 of 2 from 4']);
  });

  it('answers to those behind it that come late mean nothing', async () => {
    const world = connectedWorld();
    const outcomes = publishAll(world, 3);
    await turn();
    const late = sending(world.road(), 2).id;
    refuse(world.road(), 1, 'FORBIDDEN');
    const code = 'OUT_OF_SEQUENCE';
    world.road().say({ type: 'error', id: late, code, message: '', retryable: false, last: 0 });
    store(world.road(), 2);
    await turn();
    expect(outcomes).toEqual(['1 FORBIDDEN', '2 is id2']);
    expect(sent(world.road()).slice(3)).toEqual(['2 as 1.4 of 2 from 4', '3 as 1.5 of 2 from 4']);
  });

  it('sent before on a connection that was lost, it is unknown; those behind it tell by their own answers', async () => {
    const world = connectedWorld();
    const outcomes = publishAll(world, 3);
    await turn();
    comeBack(world);
    refuse(world.road(), 1, 'FORBIDDEN');
    store(world.road(), 2);
    refuse(world.road(), 3, 'OUT_OF_SEQUENCE');
    await turn();
    expect(outcomes).toEqual(['1 OUTCOME_UNKNOWN', '2 is id2', '3 OUTCOME_UNKNOWN']);
    expect(sent(world.road())).toHaveLength(3);
  });

  it('behind a number that was never used nothing can have been stored, whatever was lost', async () => {
    const world = connectedWorld();
    const outcomes = publishAll(world, 3);
    await turn();
    refuse(world.road(), 2, 'FORBIDDEN');
    comeBack(world);
    expect(sent(world.road())).toEqual(['1 as 1.1']);
    store(world.road(), 1);
    expect(sent(world.road())).toEqual(['1 as 1.1', '3 as 1.4 of 2 from 4']);
    store(world.road(), 3, 2);
    await turn();
    expect(outcomes).toEqual(['2 FORBIDDEN', '1 is id1', '3 is id2']);
  });
});

describe('not now', () => {
  it('sends again after a delay that grows, with the same numbers, in order, and nothing else before', async () => {
    const world = connectedWorld(steady);
    const outcomes = publishAll(world, 2);
    await turn();
    refuse(world.road(), 1, 'BROKER_UNAVAILABLE', true);
    refuse(world.road(), 2, 'OUT_OF_SEQUENCE');
    void world.client.publish('room', 3);
    await turn();
    world.clock.advance(249);
    expect(sent(world.road())).toHaveLength(2);
    world.clock.advance(1);
    expect(sent(world.road()).slice(2)).toEqual(['1 as 1.1', '2 as 1.2', '3 as 1.3']);
    refuse(world.road(), 1, 'BROKER_UNAVAILABLE', true);
    refuse(world.road(), 2, 'OUT_OF_SEQUENCE');
    refuse(world.road(), 3, 'OUT_OF_SEQUENCE');
    world.clock.advance(499);
    expect(sent(world.road())).toHaveLength(5);
    world.clock.advance(1);
    store(world.road(), 1);
    store(world.road(), 2);
    await turn();
    expect(outcomes).toEqual(['1 is id1', '2 is id2']);
  });

  it('then never: it may have been stored the first time, and is unknown', async () => {
    const world = connectedWorld(steady);
    const outcomes = publishAll(world, 1);
    await turn();
    refuse(world.road(), 1, 'BROKER_UNAVAILABLE', true);
    world.clock.advance(250);
    refuse(world.road(), 1, 'FORBIDDEN');
    await turn();
    expect(outcomes).toEqual(['1 OUTCOME_UNKNOWN']);
  });

  it('never, by an engine that failed: it may have been stored all the same, and is unknown', async () => {
    const world = connectedWorld(steady);
    const outcomes = publishAll(world, 1);
    await turn();
    refuse(world.road(), 1, 'BROKER_UNAVAILABLE');
    await turn();
    expect(outcomes).toEqual(['1 OUTCOME_UNKNOWN']);
  });

  it('TOO_MANY_REQUESTS, then never: it was not even looked at the first time, and has failed', async () => {
    const world = connectedWorld(steady);
    const outcomes = publishAll(world, 1);
    await turn();
    refuse(world.road(), 1, 'TOO_MANY_REQUESTS', true);
    world.clock.advance(250);
    refuse(world.road(), 1, 'FORBIDDEN');
    await turn();
    expect(outcomes).toEqual(['1 FORBIDDEN']);
  });
});

describe('RATE_LIMITED', () => {
  const limited = (world: World, data: number, retryAfterMs?: number): void => {
    const { id } = sending(world.road(), data);
    const refused = { type: 'error', id, code: 'RATE_LIMITED', message: 'slower' } as const;
    const after = retryAfterMs === undefined ? {} : { retryAfterMs };
    world.road().say({ ...refused, retryable: true, ...after });
  };

  it('sends again when the longest time has passed that the server said, and a delay; nothing else before', async () => {
    const world = connectedWorld(steady);
    const outcomes = publishAll(world, 3);
    await turn();
    limited(world, 1, 4_000);
    world.clock.advance(1_000);
    limited(world, 2, 1_000);
    refuse(world.road(), 3, 'OUT_OF_SEQUENCE');
    void world.client.publish('room', 4);
    await turn();
    world.clock.advance(3_249);
    expect(sent(world.road())).toHaveLength(3);
    world.clock.advance(1);
    expect(sent(world.road()).slice(3)).toEqual(['1 as 1.1', '2 as 1.2', '3 as 1.3', '4 as 1.4']);
    store(world.road(), 1);
    await turn();
    expect(outcomes).toEqual(['1 is id1']);
  });

  it('of one channel does not keep others waiting', async () => {
    const world = connectedWorld(steady);
    void world.client.publish('room', 1);
    await turn();
    limited(world, 1, 60_000);
    void world.client.publish('hall', 2);
    await turn();
    expect(sent(world.road())).toEqual(['1 as 1.1', '2 as 1.1']);
  });

  it('without a time, it is sent again after a delay', async () => {
    const world = connectedWorld(steady);
    void world.client.publish('room', 1);
    await turn();
    limited(world, 1);
    world.clock.advance(250);
    expect(sent(world.road())).toHaveLength(2);
  });

  it('is waited for over another connection too', async () => {
    const world = connectedWorld(steady);
    void world.client.publish('room', 1);
    await turn();
    limited(world, 1, 10_000);
    comeBack(world);
    expect(sent(world.road())).toEqual([]);
    world.clock.advance(9_499);
    expect(sent(world.road())).toEqual([]);
    world.clock.advance(501);
    expect(sent(world.road())).toEqual(['1 as 1.1']);
  });

  it('of another user is not waited for', async () => {
    const world = connectedWorld(steady);
    void world.client.publish('room', 1);
    await turn();
    limited(world, 1, 10_000);
    world.road().end();
    world.clock.advance(500);
    world.road().welcome('bob');
    void world.client.publish('room', 2);
    await turn();
    expect(sent(world.road()).map((one) => one.split(' ')[0])).toContain('2');
  });

  it('then never: it was not even looked at the first time, and has failed', async () => {
    const world = connectedWorld(steady);
    const outcomes = publishAll(world, 1);
    await turn();
    limited(world, 1, 100);
    world.clock.advance(350);
    refuse(world.road(), 1, 'PAYLOAD_INVALID');
    await turn();
    expect(outcomes).toEqual(['1 PAYLOAD_INVALID']);
  });

  it('leaves nothing to wait for when the client is closed', async () => {
    const world = connectedWorld(steady);
    void failure(world.client.publish('room', 1));
    await turn();
    limited(world, 1, 10_000);
    world.client.close();
    expect(world.clock.pending).toBe(0);
  });
});

describe('a producer that cannot go on', () => {
  // By a name whose first number is refused nothing can be numbered.
  const codes = [
    ['OUT_OF_SEQUENCE', '1', '2'],
    ['ANSWER_UNKNOWN', '2', '1'],
    ['PRODUCER_FENCED', '2', '1'],
    ['NUMBER_REUSED', '2', '1'],
  ] as const;
  it.each(codes)(
    '%s, sent once: it was not stored, and is sent as the number of producer %s, of epoch %s',
    async (code, name, epoch) => {
      const world = connectedWorld(steady);
      const outcomes = publishAll(world, 2);
      await turn();
      refuse(world.road(), 1, code);
      refuse(world.road(), 2, code);
      expect(sent(world.road())).toHaveLength(2);
      world.clock.advance(250);
      expect(sent(world.road()).slice(2)).toEqual([
        `1 as ${name}.3 of ${epoch} from 3`,
        `2 as ${name}.4 of ${epoch} from 3`,
      ]);
      store(world.road(), 1);
      store(world.road(), 2);
      await turn();
      expect(outcomes).toEqual(['1 is id1', '2 is id2']);
    },
  );

  it.each(codes)(
    '%s, sent on a lost connection before: unknown, and not sent again',
    async (code, name, epoch) => {
      const world = connectedWorld(steady);
      const outcomes = publishAll(world, 2);
      await turn();
      comeBack(world);
      refuse(world.road(), 1, code);
      refuse(world.road(), 2, code);
      world.clock.advance(60_000);
      await turn();
      expect(outcomes).toEqual(['1 OUTCOME_UNKNOWN', '2 OUTCOME_UNKNOWN']);
      expect(sent(world.road())).toHaveLength(2);
      void world.client.publish('room', 3);
      expect(sent(world.road()).at(-1)).toBe(`3 as ${name}.3 of ${epoch} from 3`);
    },
  );

  it('does not flood a server that refuses every producer', async () => {
    const world = connectedWorld({ ...steady, replyWithinMs: 600_000 });
    publishAll(world, 1);
    await turn();
    for (let times = 0; times < 10; times += 1) {
      refuse(world.road(), 1, 'PRODUCER_FENCED');
      world.clock.advance(20_000);
    }
    expect(sent(world.road())).toHaveLength(11);
    refuse(world.road(), 1, 'PRODUCER_FENCED');
    world.clock.advance(9_999);
    expect(sent(world.road())).toHaveLength(11);
  });

  it.each(['ANSWER_UNKNOWN', 'NUMBER_REUSED'] as const)(
    '%s of a later number: it goes on as the next holder, so that what is under way yet does not enter behind',
    async (code) => {
      const world = connectedWorld(steady);
      const outcomes = publishAll(world, 2);
      await turn();
      store(world.road(), 1);
      refuse(world.road(), 2, code);
      world.clock.advance(250);
      expect(sent(world.road()).slice(2)).toEqual(['2 as 1.3 of 2 from 3']);
      store(world.road(), 2);
      await turn();
      expect(outcomes).toEqual(['1 is id1', '2 is id2']);
    },
  );

  it('PRODUCER_FENCED of a later number: the name is left to its holder', async () => {
    const world = connectedWorld(steady);
    publishAll(world, 2);
    await turn();
    store(world.road(), 1);
    refuse(world.road(), 2, 'PRODUCER_FENCED');
    world.clock.advance(250);
    expect(sent(world.road()).slice(2)).toEqual(['2 as 2.3 of 1 from 3']);
  });
});

describe('bounds', () => {
  it('outboxMaxMessages: so many are taken; one more is OUTBOX_FULL until one is answered', async () => {
    const { client, road } = connectedWorld({ outboxMaxMessages: 2 });
    const first = client.publish('room', 1);
    void client.publish('other', 2);
    expect(await failure(client.publish('room', 3))).toMatchObject({
      code: 'OUTBOX_FULL',
      retryable: true,
    });
    store(road(), 1);
    await first;
    void client.publish('room', 4);
    await turn();
    expect(client.outbox.entries.map(({ data }) => data)).toEqual([4, 2]);
  });

  it('outboxMaxBytes: as many characters of JSON are taken; one more is OUTBOX_FULL', async () => {
    const text = JSON.stringify({ type: 'publish', id: 1, channel: 'room', data: 'x' });
    const fits = startWorld({ outboxMaxBytes: text.length * 2 });
    void fits.client.publish('room', 'x');
    void fits.client.publish('room', 'x');
    await turn();
    expect(fits.client.outbox.entries).toHaveLength(2);
    const tight = startWorld({ outboxMaxBytes: text.length * 2 - 1 });
    void tight.client.publish('room', 'x');
    expect(await failure(tight.client.publish('room', 'x'))).toMatchObject({ code: 'OUTBOX_FULL' });
  });

  it('outboxMaxAgeMs: what was never sent has failed then, and what may have been stored is unknown', async () => {
    const world = connectedWorld({ ...steady, outboxMaxAgeMs: 60_000 });
    const outcomes = publishAll(world, 1);
    await turn();
    world.road().end();
    world.client
      .publish('room', 2)
      .catch(({ code, retryable }: { code: string; retryable: boolean }) =>
        outcomes.push(`2 ${code} ${retryable}`),
      );
    world.clock.advance(59_999);
    await turn();
    expect(outcomes).toEqual([]);
    world.clock.advance(1);
    await turn();
    expect(outcomes).toEqual(['1 OUTCOME_UNKNOWN', '2 OUTBOX_EXPIRED true']);
  });

  it('withinMs: a shorter time for one', async () => {
    const { client, clock } = startWorld();
    const late = failure(client.publish('room', 1, { withinMs: 1_000 }));
    clock.advance(999);
    expect(client.outbox.entries).toHaveLength(1);
    clock.advance(1);
    expect(await late).toMatchObject({ code: 'OUTBOX_EXPIRED' });
  });

  it('channels to which nothing is under way are forgotten, so many at once, and begin anew', async () => {
    const { client, road } = connectedWorld();
    for (let n = 0; n <= maxEmptyLanes; n += 1) {
      const stored = client.publish(`room${n}`, n + 1);
      store(road(), n + 1);
      await stored;
    }
    void client.publish('room1', 1_000);
    void client.publish('room0', 2_000);
    // Numbers of the first producer were used in `room0`, and nobody knows which any more.
    expect(sent(road()).slice(-2)).toEqual(['1000 as 1.2', '2000 as 2.1']);
  });

  it('one whose time is over while it is under way, and is never answered, does not keep others waiting for ever', async () => {
    const { client, clock, road } = startWorld(steady);
    road().open();
    road().say(welcome('ada', 1, 2));
    const late = failure(client.publish('room', 1, { withinMs: 1_000 }));
    clock.advance(1_000);
    expect(await late).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    void client.publish('other', 2);
    expect(road().all('publish')).toHaveLength(1);
    clock.advance(9_000);
    expect(road().all('publish')).toHaveLength(2);
  });

  it('nor does one that is sent again under another number', async () => {
    const world = startWorld(steady);
    world.road().open();
    world.road().say(welcome('ada', 1, 4));
    publishAll(world, 2);
    await turn();
    refuse(world.road(), 1, 'FORBIDDEN');
    // The old number of 2 was not answered: it has a part of the window yet, and its new one the other.
    void world.client.publish('other', 3);
    expect(sent(world.road())).toEqual(['1 as 1.1', '2 as 1.2', '2 as 1.3 of 2 from 3']);
    world.clock.advance(10_000);
    expect(sent(world.road())).toContain('3 as 1.1');
  });
});

describe('what the application sees', () => {
  function watchOutbox({ client }: World): string[] {
    const told: string[] = [];
    client.outbox.on('status', ({ id, tag, status, position, error }: OutboxEntry) => {
      told.push([id, tag, status, position ?? error?.code].filter(Boolean).join(' '));
    });
    return told;
  }

  it('queued, sent, stored, with the tag that it gave and the place in the log', () => {
    const world = startWorld();
    const told = watchOutbox(world);
    void world.client.publish('room', 1, { tag: 'mine' });
    expect(world.client.outbox.entries).toEqual([
      { id: 1, channel: 'room', data: 1, tag: 'mine', status: 'queued' },
    ]);
    world.road().welcome();
    expect(world.client.outbox.entries).toMatchObject([{ status: 'sent' }]);
    store(world.road(), 1);
    expect(told).toEqual(['1 mine queued', '1 mine sent', '1 mine stored e1:1:id1']);
    expect(world.client.outbox.entries).toEqual([]);
  });

  it('failed and unknown, and why; queued again when it has to be numbered anew', () => {
    const world = connectedWorld();
    const told = watchOutbox(world);
    const outcomes = publishAll(world, 2);
    refuse(world.road(), 1, 'FORBIDDEN');
    world.client.close();
    expect(outcomes).toEqual([]);
    expect(told).toEqual([
      '1 queued',
      '1 sent',
      '2 queued',
      '2 sent',
      '1 failed FORBIDDEN',
      '2 queued',
      '2 sent',
      '2 unknown OUTCOME_UNKNOWN',
    ]);
  });

  it('a listener that publishes: both go out once, in order', () => {
    const world = connectedWorld();
    world.client.outbox.on('status', ({ id, status }) => {
      if (id === 1 && status !== 'queued') {
        void world.client.publish('room', `after ${status}`);
      }
    });
    void world.client.publish('room', 1);
    store(world.road(), 1);
    expect(sent(world.road())).toEqual(['1 as 1.1', 'after sent as 1.2', 'after stored as 1.3']);
  });

  it('event, durability, key and removal travel', () => {
    const { client, road } = connectedWorld();
    void client.publish('room', 1, { event: 'note', durability: 'disk' });
    expect(road().last('publish')).toMatchObject({ event: 'note', durability: 'disk' });
    const subscription = client.subscribe('prices');
    void subscription.set('gold', 7);
    expect(road().last('publish')).toMatchObject({ channel: 'prices', key: 'gold', data: 7 });
    void subscription.remove('gold');
    expect(road().last('publish')).toMatchObject({ key: 'gold', removed: true, data: null });
  });

  it('when the client is closed: what was sent is OUTCOME_UNKNOWN, what was not is CLIENT_CLOSED', async () => {
    const world = startWorld();
    world.road().open();
    world.road().say(welcome('ada', 1, 2));
    const outcomes = publishAll(world, 2);
    await turn();
    world.client.close();
    await turn();
    expect(outcomes).toEqual(['1 OUTCOME_UNKNOWN', '2 CLIENT_CLOSED']);
    expect(await failure(world.client.publish('room', 3))).toMatchObject({ code: 'CLIENT_CLOSED' });
    expect(world.clock.pending).toBe(0);
  });
});

describe('a publication as long as a message may be', () => {
  it('is refused at once, or can be sent: with its number and all it is never longer', async () => {
    for (const length of [600, 300, 200, 100, 60, 40]) {
      const { client, road } = connectedWorld({ outboxMaxBytes: 10_000_000 });
      const refused = failure(client.publish('room', 'x'.repeat(maxJsonLength - length)));
      await turn();
      if (road().all('publish').length === 0) {
        expect(await refused).toMatchObject({ code: 'REQUEST_INVALID' });
      }
    }
  });
});
