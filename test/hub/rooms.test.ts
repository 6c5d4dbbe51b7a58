import { describe, expect, it } from 'vitest';
import type { Policy } from '../../src/ports/index.ts';
import { ScriptedEngine } from './scripted-broker.ts';
import { openPolicy, settled, startWorld } from './world.ts';

const policy: Policy = { ...openPolicy, call: () => true, enter: () => true };

describe('the rooms of a hub', () => {
  it('calls reach the methods, and questions the client', async () => {
    const methods = { double: (data: unknown) => Number(data) * 2 };
    const { connect, hub } = await startWorld({ policy, methods });
    const client = connect();
    client.hello();
    await settled();
    const { session } = client.all('welcome')[0]!;
    client.say({ type: 'call', id: 1, method: 'double', data: 21, withinMs: 1_000 });
    client.say({ type: 'call', id: 2, method: 'toString', data: 1, withinMs: 1_000 });
    await settled();
    expect(client.all('reply')).toMatchObject([{ id: 1, data: 42 }]);
    expect(client.all('error')).toMatchObject([{ id: 2, code: 'METHOD_UNKNOWN' }]);
    const asking = hub.ask(session, 'colour', null);
    const refusing = hub.ask(session, 'colour', null);
    const [first, second] = client.all('ask');
    client.say({ type: 'answer', id: first!.id, data: 'blue' });
    client.say({ type: 'decline', id: second!.id, code: 'CALL_FAILED', message: 'no' });
    expect(await asking).toBe('blue');
    await expect(refusing).rejects.toMatchObject({ code: 'CALL_FAILED' });
    await expect(hub.ask('nobody', 'colour', null)).rejects.toMatchObject({
      code: 'SESSION_ENDED',
    });
    const unanswered = hub.ask(session, 'colour', null);
    client.desk.closed();
    await expect(unanswered).rejects.toMatchObject({ code: 'SESSION_ENDED' });
  });

  it('a node that others took for dead goes on under another name, and is found by it', async () => {
    const engine = new ScriptedEngine();
    const one = await startWorld({ engine, policy });
    const two = await startWorld({ engine, policy, clock: one.clock });
    engine.clock = one.clock;
    const client = one.connect();
    client.hello();
    await settled();
    const [welcome] = client.all('welcome');
    client.say({ type: 'enter', id: 1, channel: 'news', data: 'here' });
    await settled();
    const before = one.hub.post.node;
    engine.claims.delete(`~node:${before}`);
    for (let i = 0; i < 10; i += 1) {
      one.clock.advance(5_000);
      await settled();
    }
    expect(one.hub.post.node).not.toBe(before);
    expect(engine.log('~roster:news').entries.at(-1)).toMatchObject({
      data: { node: one.hub.post.node },
    });
    expect(await two.hub.toSession(welcome!.session, 'found')).toBe(true);
    await settled();
    expect(client.all('signal')).toMatchObject([{ data: 'found' }]);
    const again = two.connect();
    again.say({ type: 'hello', version: 1, capabilities: [], resume: welcome! });
    await settled();
    expect([again.all('welcome')[0]!.resumed, client.why?.name]).toEqual([true, 'FENCED']);
  });

  it('that stops says that its members have left', async () => {
    const { enter, hub, engine, clock } = await startWorld({ policy });
    const client = await enter();
    client.say({ type: 'enter', id: 1, channel: 'news', data: 'here' });
    await settled();
    await hub.stop();
    expect(engine.log('~roster:news').entries.at(-1)).toMatchObject({ removed: true });
    expect([...engine.claims.keys()].some((key) => key.startsWith('~node:'))).toBe(false);
    expect(clock.pending).toBe(0);
  });
});
