import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/ports/index.ts';
import { openPolicy, settled, startWorld, type World } from '../world.ts';

function sent({ broker }: World): number {
  return broker.busCalls.filter((call) => call === 'send ~signal:news').length;
}

describe('D5: a client may signal', () => {
  it('signalsPerSecond, and one more is left out', async () => {
    const world = await startWorld({ limits: { signalsPerSecond: 3 } });
    const client = await world.enter();
    for (let i = 0; i < 4; i += 1) {
      client.signal('news', i);
    }
    await settled();
    expect([sent(world), client.told()]).toEqual([3, []]);
    expect(world.notes.at(-1)).toBe('refused TOO_MANY_REQUESTS');
    world.clock.advance(334);
    client.signal('news', 5);
    await settled();
    expect(sent(world)).toBe(4);
  });

  it('as much data as it may publish', async () => {
    const world = await startWorld({ limits: { maxDataBytes: 10 } });
    const client = await world.enter();
    client.signal('news', 'x'.repeat(8));
    client.signal('news', 'x'.repeat(9));
    await settled();
    expect(sent(world)).toBe(1);
    expect(world.notes.at(-1)).toBe('refused DATA_TOO_LARGE');
  });

  it('while fewer than maxPending requests are worked on', async () => {
    const policy: Policy = { ...openPolicy, signal: () => new Promise(() => undefined) };
    const world = await startWorld({ policy, limits: { maxPending: 2 } });
    const client = await world.enter();
    for (let i = 0; i < 3; i += 1) {
      client.signal('news', i);
    }
    expect(world.notes.filter((note) => note.startsWith('refused'))).toEqual([
      'refused TOO_MANY_REQUESTS',
    ]);
    expect(client.told()).toEqual([]);
  });
});

describe('D9: a signal needs the policy’s word', () => {
  it.each([
    [undefined, 0],
    [() => false, 0],
    [() => Promise.reject(new Error('database')), 0],
    [() => true, 1],
  ])('%s: %d are sent', async (signal, count) => {
    const named = signal === undefined ? {} : { signal };
    const world = await startWorld({ policy: { connect: () => 'ann', ...named } });
    const client = await world.enter();
    client.signal('news', 1);
    await settled();
    expect(sent(world)).toBe(count);
  });

  it('which knows what is said, and by whom', async () => {
    const asked: unknown[] = [];
    const signal = (request: unknown): boolean => asked.push(request) > 0;
    const { enter } = await startWorld({ policy: { ...openPolicy, signal } });
    const client = await enter('bob');
    client.say({ type: 'signal', channel: 'news', data: 1, event: 'typing' });
    await settled();
    expect(asked).toEqual([{ user: 'bob', channel: 'news', data: 1, event: 'typing' }]);
  });
});

it('signals of one client keep their order, and a bus that fails is told to nobody but the observer', async () => {
  const answers: ((may: boolean) => void)[] = [];
  const signal = (): Promise<boolean> => new Promise((answer) => answers.push(answer));
  const { enter, broker, failures } = await startWorld({ policy: { ...openPolicy, signal } });
  const [ann, bob] = [await enter(), await enter()];
  ann.subscribe('news');
  await settled();
  ann.told();
  for (const data of [1, 2, 3]) {
    bob.signal('news', data);
  }
  answers[2]!(true);
  answers[1]!(true);
  await settled();
  expect(ann.told()).toEqual([]);
  answers[0]!(true);
  await settled();
  expect(ann.told()).toEqual(['signal ann 1', 'signal ann 2', 'signal ann 3']);
  const failure = new Error('busy');
  broker.failNext('send', failure);
  bob.signal('news', 4);
  answers[3]!(true);
  await settled();
  expect([failures, bob.told()]).toEqual([[failure], []]);
});
