import { describe, expect, it } from 'vitest';
import { type CallContext, CallError, type Method } from '../../../src/hub/calls/methods.ts';
import type { Refusal } from '../../../src/ports/index.ts';
import type { Call } from '../../../src/wire/index.ts';
import { Gate, settled, TestCaller } from './doubles.ts';
import { CallWorld, callOf } from './world.ts';

/** A method that is answered from outside, and writes down each of its runs. */
function heldMethod(): {
  method: Method;
  runs: { data: unknown; context: CallContext; gate: Gate<unknown> }[];
} {
  const runs: { data: unknown; context: CallContext; gate: Gate<unknown> }[] = [];
  const method: Method = (data, context) => {
    const gate = new Gate<unknown>();
    runs.push({ data, context, gate });
    return gate.passed;
  };
  return { method, runs };
}

function cancelOf(id: number): { type: 'cancel'; id: number } {
  return { type: 'cancel', id };
}

describe('an ordinary call', () => {
  it('gives its data to the method, and the result to the caller', async () => {
    const world = new CallWorld({ methods: { add: (data) => (data as number[])[0]! + 1 } });
    const calls = await world.node('n1');
    const caller = new TestCaller();
    await calls.call(caller, callOf(1, 'add', { data: [41] }));
    expect(caller.got).toEqual([{ type: 'reply', id: 1, data: 42 }]);
  });

  it('tells the method who calls, in which stay, and by what key the call is known', async () => {
    const { method, runs } = heldMethod();
    const calls = await new CallWorld({ methods: { held: method } }).node('n1');
    void calls.call(new TestCaller('s7', 'bea'), callOf(3, 'held'));
    await settled();
    expect(runs[0]!.context).toMatchObject({ user: 'bea', session: 's7', idempotencyKey: 's7:3' });
  });

  it('answers null where the method returned nothing', async () => {
    const calls = await new CallWorld({ methods: { quiet: () => undefined } }).node('n1');
    const caller = new TestCaller();
    await calls.call(caller, callOf(1, 'quiet'));
    expect(caller.got).toEqual([{ type: 'reply', id: 1, data: null }]);
  });

  it('leaves nothing behind but its claim', async () => {
    const world = new CallWorld({ methods: { one: () => 1 } });
    const calls = await world.node('n1');
    await calls.call(new TestCaller(), callOf(1, 'one'));
    await settled();
    expect([calls.size, world.clock.pending, world.claims.keys]).toEqual([0, 0, ['~call:s1:1']]);
  });
});

describe('what may be called', () => {
  it.each([
    ['says no', () => false],
    ['says anything but true', () => 1 as unknown as boolean],
    [
      'throws',
      () => {
        throw new Error('policy');
      },
    ],
    ['rejects', () => Promise.reject(new Error('policy'))],
  ])('nothing, where the policy %s', async (_, call) => {
    const { method, runs } = heldMethod();
    const world = new CallWorld({ methods: { held: method }, policy: { call } });
    const calls = await world.node('n1');
    const caller = new TestCaller();
    await calls.call(caller, callOf(1, 'held'));
    expect(caller.got).toMatchObject([{ type: 'error', id: 1, code: 'FORBIDDEN' }]);
    expect([runs.length, world.claims.keys]).toEqual([0, []]);
  });

  it('what the policy says besides no is told, word for word, and it is not claimed', async () => {
    const refusal: Refusal = {
      code: 'RATE_LIMITED',
      message: 'one at a time',
      retryAfterMs: 250,
      details: { left: 0 },
    };
    const world = new CallWorld({ methods: { one: () => 1 }, policy: { call: () => refusal } });
    const calls = await world.node('n1');
    const caller = new TestCaller();
    await calls.call(caller, callOf(1, 'one'));
    expect(caller.got).toEqual([{ type: 'error', id: 1, retryable: true, ...refusal }]);
    expect(world.claims.keys).toEqual([]);
  });

  it('the policy is asked with what is said, of which channel, and who is known to say it; the method is told', async () => {
    const asked: unknown[] = [];
    const call = (request: unknown): boolean => asked.push(request) > 0;
    const { method, runs } = heldMethod();
    const calls = await new CallWorld({ methods: { held: method }, policy: { call } }).node('n1');
    const caller = new TestCaller();
    void calls.call(caller, callOf(1, 'held', { data: 'loud' }));
    caller.whom.guest = { role: 'clerk' };
    void calls.call(caller, callOf(2, 'held', { data: null, channel: 'room/7' }));
    await settled();
    expect(asked).toStrictEqual([
      { user: 'ann', method: 'held', data: 'loud' },
      {
        user: 'ann',
        guest: { role: 'clerk' },
        method: 'held',
        data: null,
        channel: 'room/7',
      },
    ]);
    expect(runs.map(({ context }) => context.channel)).toEqual([undefined, 'room/7']);
    expect(runs[1]!.context.guest).toEqual({ role: 'clerk' });
  });

  it.each(['', '*', 'a b', '~inbox', '~roster:a', '\ud800'])(
    'nothing of a channel that is none of the application’s: %j',
    async (channel) => {
      const asked: unknown[] = [];
      const call = (request: unknown): boolean => asked.push(request) > 0;
      const calls = await new CallWorld({ methods: { one: () => 1 }, policy: { call } }).node('n1');
      const caller = new TestCaller();
      await calls.call(caller, callOf(1, 'one', { channel }));
      expect(caller.got).toMatchObject([{ type: 'error', id: 1, code: 'CHANNEL_INVALID' }]);
      expect(asked).toEqual([]);
    },
  );

  it('only who may call a method learns that there is none', async () => {
    const call = ({ user }: { user: string }): boolean => user === 'ann';
    const calls = await new CallWorld({ policy: { call } }).node('n1');
    const [ann, bob] = [new TestCaller('s1', 'ann'), new TestCaller('s2', 'bob')];
    await calls.call(ann, callOf(1, 'none'));
    await calls.call(bob, callOf(1, 'none'));
    expect(ann.got).toMatchObject([{ code: 'METHOD_UNKNOWN' }]);
    expect(bob.got).toMatchObject([{ code: 'FORBIDDEN' }]);
  });

  it.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])(
    'nothing that objects inherit: %s',
    async (name) => {
      const calls = await new CallWorld({ methods: {} }).node('n1');
      const caller = new TestCaller();
      await calls.call(caller, callOf(1, name));
      expect(caller.got).toMatchObject([{ code: 'METHOD_UNKNOWN' }]);
    },
  );
});

describe('a call that fails', () => {
  it('tells the caller what a CallError says, with its details', async () => {
    const method = (): never => {
      throw new CallError('no seat is left', { seats: 0 });
    };
    const world = new CallWorld({ methods: { book: method } });
    const caller = new TestCaller();
    await (await world.node('n1')).call(caller, callOf(1, 'book'));
    const told = { code: 'CALL_FAILED', message: 'no seat is left', details: { seats: 0 } };
    expect(caller.got).toEqual([{ type: 'error', id: 1, retryable: false, ...told }]);
    expect(world.failures).toEqual([]);
  });

  it('tells nothing of what else was thrown, but the observer', async () => {
    const inside = new Error('password of db is hunter2');
    const world = new CallWorld({ methods: { leak: () => Promise.reject(inside) } });
    const caller = new TestCaller();
    await (await world.node('n1')).call(caller, callOf(1, 'leak'));
    const told = { code: 'CALL_FAILED', message: 'the call failed' };
    expect(caller.got).toEqual([{ type: 'error', id: 1, retryable: false, ...told }]);
    expect(world.failures).toEqual([inside]);
  });

  it.each([
    ['has no JSON form', 1n, 'DATA_INVALID'],
    ['is too large', 'x'.repeat(1_000), 'DATA_TOO_LARGE'],
  ])('a result that %s is a failure inside', async (_, result, code) => {
    const world = new CallWorld({ methods: { odd: () => result } });
    const caller = new TestCaller();
    await (await world.node('n1')).call(caller, callOf(1, 'odd'));
    expect(caller.got).toMatchObject([{ code: 'CALL_FAILED', message: 'the call failed' }]);
    expect(world.failures).toMatchObject([{ code }]);
  });
});

describe('the end of waiting', () => {
  it('the deadline tells CALL_TOO_LATE, and aborts', async () => {
    const { method, runs } = heldMethod();
    const world = new CallWorld({ methods: { held: method } });
    const calls = await world.node('n1');
    const caller = new TestCaller();
    void calls.call(caller, callOf(1, 'held', { withinMs: 100 }));
    await settled();
    world.clock.advance(99);
    expect([caller.got.length, runs[0]!.context.signal.aborted]).toEqual([0, false]);
    world.clock.advance(1);
    expect(caller.got).toMatchObject([{ code: 'CALL_TOO_LATE' }]);
    expect(runs[0]!.context.signal.aborted).toBe(true);
  });

  it('no client waits longer than maxCallMs', async () => {
    const { method } = heldMethod();
    const world = new CallWorld({ methods: { held: method }, limits: { maxCallMs: 200 } });
    const caller = new TestCaller();
    void (await world.node('n1')).call(caller, callOf(1, 'held', { withinMs: 1e9 }));
    await settled();
    world.clock.advance(200);
    expect(caller.got).toMatchObject([{ code: 'CALL_TOO_LATE' }]);
  });

  it('cancelling tells CALL_CANCELLED, and aborts', async () => {
    const { method, runs } = heldMethod();
    const calls = await new CallWorld({ methods: { held: method } }).node('n1');
    const caller = new TestCaller();
    void calls.call(caller, callOf(1, 'held'));
    await settled();
    calls.cancel(caller, cancelOf(1));
    expect(caller.got).toMatchObject([{ code: 'CALL_CANCELLED' }]);
    expect(runs[0]!.context.signal.aborted).toBe(true);
  });

  it('nobody cancels the call of another', async () => {
    const { method, runs } = heldMethod();
    const calls = await new CallWorld({ methods: { held: method } }).node('n1');
    void calls.call(new TestCaller('s1'), callOf(1, 'held'));
    await settled();
    calls.cancel(new TestCaller('s2'), cancelOf(1));
    calls.cancel(new TestCaller('s1'), cancelOf(2));
    expect(runs[0]!.context.signal.aborted).toBe(false);
  });

  it('what the method returns or throws afterwards is told to nobody', async () => {
    const { method, runs } = heldMethod();
    const world = new CallWorld({ methods: { held: method } });
    const calls = await world.node('n1');
    const caller = new TestCaller();
    void calls.call(caller, callOf(1, 'held'));
    void calls.call(caller, callOf(2, 'held'));
    await settled();
    calls.cancel(caller, cancelOf(1));
    calls.cancel(caller, cancelOf(2));
    runs[0]!.gate.open('late');
    runs[1]!.gate.fail(new Error('given up'));
    await settled();
    expect(caller.got.map(({ type }) => type)).toEqual(['error', 'error']);
    expect([world.failures, calls.size]).toEqual([[], 0]);
  });

  it('a call that is cancelled before it was claimed does not run, and a retry hears so', async () => {
    const { method, runs } = heldMethod();
    const world = new CallWorld({ methods: { held: method } });
    const calls = await world.node('n1');
    const caller = new TestCaller();
    world.claims.gate = new Gate();
    void calls.call(caller, callOf(1, 'held'));
    await settled();
    calls.cancel(caller, cancelOf(1));
    world.claims.gate.open();
    await settled();
    await (await world.node('n2')).call(caller, callOf(1, 'held'));
    expect(caller.got).toMatchObject([{ code: 'CALL_CANCELLED' }, { code: 'CALL_CANCELLED' }]);
    expect(runs).toEqual([]);
  });
});

describe('progress', () => {
  it('is numbered from 1, and the reply says how many there were', async () => {
    const method: Method = async (_, { progress }) => {
      await progress('half');
      await progress('whole');
      return 'done';
    };
    const caller = new TestCaller();
    await (await new CallWorld({ methods: { method } }).node('n1')).call(
      caller,
      callOf(1, 'method'),
    );
    expect(caller.got).toEqual([
      { type: 'progress', id: 1, seq: 1, data: 'half' },
      { type: 'progress', id: 1, seq: 2, data: 'whole' },
      { type: 'reply', id: 1, data: 'done', parts: 2 },
    ]);
  });

  it('the parts of a stream are progress, and its answer is null', async () => {
    async function* method(): AsyncGenerator<number> {
      yield 1;
      yield 2;
    }
    const caller = new TestCaller();
    await (await new CallWorld({ methods: { method } }).node('n1')).call(
      caller,
      callOf(1, 'method'),
    );
    expect(caller.got).toEqual([
      { type: 'progress', id: 1, seq: 1, data: 1 },
      { type: 'progress', id: 1, seq: 2, data: 2 },
      { type: 'reply', id: 1, data: null, parts: 2 },
    ]);
  });

  it('a stream waits while its caller has no room', async () => {
    let made = 0;
    async function* method(): AsyncGenerator<number> {
      for (;;) {
        made += 1;
        yield made;
      }
    }
    const world = new CallWorld({ methods: { method } });
    const calls = await world.node('n1');
    const caller = new TestCaller();
    caller.full = new Gate();
    void calls.call(caller, callOf(1, 'method'));
    await settled();
    expect(made).toBe(1);
    calls.cancel(caller, cancelOf(1));
    caller.full.open();
    await settled();
    expect(calls.size).toBe(0);
  });

  it('a stream is closed when its call ends', async () => {
    let closed = false;
    async function* method(_: unknown, { signal }: CallContext): AsyncGenerator<number> {
      try {
        yield 1;
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        yield 2;
      } finally {
        closed = true;
      }
    }
    const calls = await new CallWorld({ methods: { method } }).node('n1');
    const caller = new TestCaller();
    void calls.call(caller, callOf(1, 'method'));
    await settled();
    calls.cancel(caller, cancelOf(1));
    await settled();
    expect(closed).toBe(true);
    expect(caller.got.map(({ type }) => type)).toEqual(['progress', 'error']);
  });

  it('an endless stream whose caller is away lets others have their turn', async () => {
    async function* method(): AsyncGenerator<number> {
      for (;;) {
        yield 1;
      }
    }
    const world = new CallWorld({ methods: { method } });
    const calls = await world.node('n1');
    const caller = new TestCaller();
    caller.isOpen = false;
    const called = calls.call(caller, callOf(1, 'method', { withinMs: 3 }));
    await settled();
    world.clock.advance(3);
    await called;
    await settled();
    expect([caller.got, calls.size]).toEqual([[], 0]);
  });

  it('what cannot be said rejects, and is no part', async () => {
    const method: Method = async (_, { progress }) => {
      await progress('x'.repeat(1_000)).catch(() => undefined);
      return 'done';
    };
    const caller = new TestCaller();
    await (await new CallWorld({ methods: { method } }).node('n1')).call(
      caller,
      callOf(1, 'method'),
    );
    expect(caller.got).toEqual([{ type: 'reply', id: 1, data: 'done' }]);
  });
});

describe('G11: a handler never runs twice for one id', () => {
  it('the same call in the same turn waits for the first', async () => {
    const { method, runs } = heldMethod();
    const calls = await new CallWorld({ methods: { held: method } }).node('n1');
    const caller = new TestCaller();
    const both = [calls.call(caller, callOf(1, 'held')), calls.call(caller, callOf(1, 'held'))];
    await settled();
    runs[0]!.gate.open('once');
    await Promise.all(both);
    expect([runs.length, caller.got]).toEqual([1, [{ type: 'reply', id: 1, data: 'once' }]]);
  });

  it('one that came back on another connection is told what the first would have been', async () => {
    const { method, runs } = heldMethod();
    const world = new CallWorld({ methods: { held: method } });
    const calls = await world.node('n1');
    const [before, after] = [new TestCaller(), new TestCaller()];
    void calls.call(before, callOf(1, 'held'));
    await settled();
    before.isOpen = false;
    const lost = runs[0]!.context.progress('lost');
    world.clock.advance(0);
    await lost;
    void calls.call(after, callOf(1, 'held'));
    void runs[0]!.context.progress('heard');
    runs[0]!.gate.open('done');
    await settled();
    expect([runs.length, before.got]).toEqual([1, []]);
    expect(after.got).toEqual([
      { type: 'progress', id: 1, seq: 2, data: 'heard' },
      { type: 'reply', id: 1, data: 'done', parts: 2 },
    ]);
  });

  it('a retry on another node gets the answer that was kept', async () => {
    const { method, runs } = heldMethod();
    const world = new CallWorld({ methods: { held: method } });
    const [one, two] = [await world.node('n1'), await world.node('n2')];
    void one.call(new TestCaller(), callOf(1, 'held'));
    await settled();
    runs[0]!.gate.open({ seat: 4 });
    await settled();
    const caller = new TestCaller();
    await two.call(caller, callOf(1, 'held'));
    expect([runs.length, caller.got]).toEqual([1, [{ type: 'reply', id: 1, data: { seat: 4 } }]]);
  });

  it('a retry on another node gets the failure that was kept', async () => {
    const method = (): never => {
      throw new CallError('sold out', 7);
    };
    const world = new CallWorld({ methods: { method } });
    await (await world.node('n1')).call(new TestCaller(), callOf(1, 'method'));
    await settled();
    const caller = new TestCaller();
    await (await world.node('n2')).call(caller, callOf(1, 'method'));
    expect(caller.got).toMatchObject([{ code: 'CALL_FAILED', message: 'sold out', details: 7 }]);
  });

  it('a retry on another node waits for a call that runs', async () => {
    const { method, runs } = heldMethod();
    const world = new CallWorld({ methods: { held: method } });
    const [one, two] = [await world.node('n1'), await world.node('n2')];
    void one.call(new TestCaller(), callOf(1, 'held'));
    await settled();
    const caller = new TestCaller();
    void two.call(caller, callOf(1, 'held'));
    await settled();
    expect(caller.got).toEqual([]);
    runs[0]!.gate.open('there');
    await settled();
    world.clock.advance(1_000);
    await settled();
    expect([runs.length, caller.got]).toEqual([1, [{ type: 'reply', id: 1, data: 'there' }]]);
    expect([one.size, two.size]).toEqual([0, 0]);
  });

  it('of rivals on many nodes one runs', async () => {
    const { method, runs } = heldMethod();
    const world = new CallWorld({ methods: { held: method } });
    const nodes = await Promise.all(['n1', 'n2', 'n3', 'n4'].map((name) => world.node(name)));
    for (const node of nodes) {
      void node.call(new TestCaller(), callOf(1, 'held'));
    }
    await settled();
    expect(runs.length).toBe(1);
  });

  it('a call whose node died is ANSWER_UNKNOWN, and is not run again', async () => {
    const { method, runs } = heldMethod();
    const world = new CallWorld({ methods: { held: method } });
    const [one, two] = [await world.node('n1'), await world.node('n2')];
    void one.call(new TestCaller(), callOf(1, 'held'));
    await settled();
    const caller = new TestCaller();
    void two.call(caller, callOf(1, 'held'));
    await settled();
    world.dead.add('n1');
    world.clock.advance(1_000);
    await settled();
    expect([runs.length, caller.got]).toMatchObject([1, [{ code: 'ANSWER_UNKNOWN' }]]);
  });

  it('a cancellation reaches the node that runs it', async () => {
    const { method, runs } = heldMethod();
    const world = new CallWorld({ methods: { held: method } });
    const [one, two] = [await world.node('n1'), await world.node('n2')];
    void one.call(new TestCaller(), callOf(1, 'held'));
    await settled();
    const caller = new TestCaller();
    void two.call(caller, callOf(1, 'held'));
    await settled();
    two.cancel(caller, cancelOf(1));
    await settled();
    expect([caller.got, two.size]).toMatchObject([[{ code: 'CALL_CANCELLED' }], 0]);
    expect(runs[0]!.context.signal.aborted).toBe(true);
  });

  it('a retry that waits elsewhere ends at its own deadline', async () => {
    const { method } = heldMethod();
    const world = new CallWorld({ methods: { held: method } });
    const [one, two] = [await world.node('n1'), await world.node('n2')];
    void one.call(new TestCaller(), callOf(1, 'held'));
    await settled();
    const caller = new TestCaller();
    void two.call(caller, callOf(1, 'held', { withinMs: 300 }));
    await settled();
    world.clock.advance(300);
    await settled();
    expect([caller.got, two.size]).toMatchObject([[{ code: 'CALL_TOO_LATE' }], 0]);
  });

  it('is remembered past its deadline, for callsKeptMs', async () => {
    let runs = 0;
    const method: Method = () => {
      runs += 1;
    };
    const world = new CallWorld({ methods: { method }, limits: { callsKeptMs: 1_000 } });
    const one = await world.node('n1');
    const again = (): Promise<void> => one.call(new TestCaller(), callOf(1, 'method'));
    await again();
    await settled();
    world.clock.advance(5_999);
    await again();
    expect(runs).toBe(1);
  });

  it('an answer of maxKeptAnswer is kept, a longer one is ANSWER_UNKNOWN to a retry', async () => {
    const around = JSON.stringify({ data: '', parts: 0 }).length;
    const method: Method = (data) => 'x'.repeat((data as number) - around);
    const world = new CallWorld({ methods: { method }, limits: { maxKeptAnswer: 100 } });
    const [one, two] = [await world.node('n1'), await world.node('n2')];
    const calls: Call[] = [callOf(1, 'method', { data: 100 }), callOf(2, 'method', { data: 101 })];
    const [first, retry] = [new TestCaller(), new TestCaller()];
    for (const call of calls) {
      await one.call(first, call);
      await settled();
      await two.call(retry, call);
    }
    expect(first.got.map(({ type }) => type)).toEqual(['reply', 'reply']);
    expect(retry.got).toMatchObject([{ type: 'reply' }, { code: 'ANSWER_UNKNOWN' }]);
  });

  it('bytes are told, and not kept', async () => {
    const world = new CallWorld({ methods: { bytes: () => Uint8Array.of(1, 2) } });
    const [first, retry] = [new TestCaller(), new TestCaller()];
    await (await world.node('n1')).call(first, callOf(1, 'bytes'));
    await settled();
    await (await world.node('n2')).call(retry, callOf(1, 'bytes'));
    expect(first.got).toEqual([{ type: 'reply', id: 1, data: Uint8Array.of(1, 2) }]);
    expect(retry.got).toMatchObject([{ code: 'ANSWER_UNKNOWN' }]);
  });
});

describe('an engine that cannot be reached', () => {
  it('before the claim: BROKER_UNAVAILABLE, and nothing runs', async () => {
    const { method, runs } = heldMethod();
    const world = new CallWorld({ methods: { held: method } });
    const calls = await world.node('n1');
    world.claims.isDown = true;
    const caller = new TestCaller();
    await calls.call(caller, callOf(1, 'held'));
    await settled();
    expect(caller.got).toMatchObject([{ code: 'BROKER_UNAVAILABLE', retryable: true }]);
    expect([runs.length, calls.size]).toEqual([0, 0]);
  });

  it('after it: the caller is answered; a retry hears ANSWER_UNKNOWN', async () => {
    const { method, runs } = heldMethod();
    const world = new CallWorld({ methods: { held: method } });
    const calls = await world.node('n1');
    const caller = new TestCaller();
    void calls.call(caller, callOf(1, 'held'));
    await settled();
    world.claims.isDown = true;
    runs[0]!.gate.open('told');
    await settled();
    world.claims.isDown = false;
    await calls.call(caller, callOf(1, 'held'));
    expect(caller.got).toMatchObject([{ data: 'told' }, { code: 'ANSWER_UNKNOWN' }]);
    expect(runs.length).toBe(1);
  });
});

describe('D5: calls under way are counted', () => {
  it.each([64, 3])('%i of one session, and no more', async (maxCallsOfSession) => {
    const { method, runs } = heldMethod();
    const world = new CallWorld({ methods: { held: method }, limits: { maxCallsOfSession } });
    const calls = await world.node('n1');
    const caller = new TestCaller();
    for (let id = 1; id <= maxCallsOfSession * 10; id += 1) {
      void calls.call(caller, callOf(id, 'held'));
    }
    await settled();
    expect(runs.length).toBe(maxCallsOfSession);
    expect(caller.got.length).toBe(maxCallsOfSession * 9);
    expect(caller.got[0]).toMatchObject({
      id: maxCallsOfSession + 1,
      code: 'TOO_MANY_REQUESTS',
      retryable: true,
    });
    void calls.call(new TestCaller('s2'), callOf(1, 'held'));
    await settled();
    expect(runs.length).toBe(maxCallsOfSession + 1);
  });

  it('of all sessions together no more than maxCalls', async () => {
    const { method, runs } = heldMethod();
    const world = new CallWorld({ methods: { held: method }, limits: { maxCalls: 2 } });
    const calls = await world.node('n1');
    const callers = [1, 2, 3].map((n) => new TestCaller(`s${n}`));
    for (const caller of callers) {
      void calls.call(caller, callOf(1, 'held'));
    }
    await settled();
    expect([runs.length, callers[2]!.got]).toMatchObject([2, [{ code: 'TOO_MANY_REQUESTS' }]]);
  });

  it('maxCallsPerUser of one user, over all its sessions, in the time for which they are remembered', async () => {
    const { method, runs } = heldMethod();
    const limits = { maxCallsPerUser: 2, maxCallMs: 1_000, callsKeptMs: 1_000 };
    const world = new CallWorld({ methods: { held: method }, limits });
    const calls = await world.node('n1');
    const call = async (session: string, user: string, id = 1): Promise<unknown> => {
      const caller = new TestCaller(session, user);
      void calls.call(caller, callOf(id, 'held'));
      await settled();
      return caller.got;
    };
    const refused = [{ code: 'TOO_MANY_REQUESTS', retryable: true }];
    expect([await call('s1', 'ann'), await call('s2', 'ann')]).toEqual([[], []]);
    expect(await call('s3', 'ann')).toMatchObject(refused);
    // The same call again is none more.
    expect([await call('s1', 'ann'), await call('s4', 'bob')]).toEqual([[], []]);
    world.clock.advance(1_000);
    await settled();
    expect(await call('s3', 'ann')).toEqual([]);
    expect(await call('s5', 'ann')).toMatchObject(refused);
    expect(runs).toHaveLength(4);
  });

  it('a handler that ignores its deadline holds its place until it returns', async () => {
    const { method, runs } = heldMethod();
    const world = new CallWorld({ methods: { held: method }, limits: { maxCallsOfSession: 1 } });
    const calls = await world.node('n1');
    const caller = new TestCaller();
    void calls.call(caller, callOf(1, 'held', { withinMs: 10 }));
    await settled();
    world.clock.advance(10);
    void calls.call(caller, callOf(2, 'held'));
    runs[0]!.gate.open('late');
    await settled();
    void calls.call(caller, callOf(3, 'held'));
    await settled();
    expect(caller.got).toMatchObject([{ code: 'CALL_TOO_LATE' }, { code: 'TOO_MANY_REQUESTS' }]);
    expect(runs.length).toBe(2);
  });
});

describe('a node that stops', () => {
  it('aborts what runs, and a retry elsewhere hears ANSWER_UNKNOWN', async () => {
    const { method, runs } = heldMethod();
    const world = new CallWorld({ methods: { held: method } });
    const [one, two] = [await world.node('n1'), await world.node('n2')];
    void one.call(new TestCaller(), callOf(1, 'held'));
    await settled();
    await one.stop();
    const caller = new TestCaller();
    await two.call(caller, callOf(1, 'held'));
    expect(runs[0]!.context.signal.aborted).toBe(true);
    expect([runs.length, caller.got]).toMatchObject([1, [{ code: 'ANSWER_UNKNOWN' }]]);
    expect(world.bus.followed).toEqual(['~calls:n2']);
  });

  it('one with a new name hears by that', async () => {
    const world = new CallWorld();
    const calls = await world.node('n1');
    world.posts.get('n1')!.node = 'n1-again';
    await calls.restart();
    expect(world.bus.followed).toEqual(['~calls:n1-again']);
    await calls.stop();
    expect(world.bus.followed).toEqual([]);
  });
});
