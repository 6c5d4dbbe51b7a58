import { describe, expect, it } from 'vitest';
import { ScriptedEngine } from '../scripted-broker.ts';
import { settled, startWorld } from '../world.ts';

describe('who is in', () => {
  it('is fenced by its name and generation, and a later attachment is not', async () => {
    const { engine, connect, hub } = await startWorld();
    const client = connect();
    client.hello();
    await settled();
    const { session } = client.all('welcome')[0]!;
    const topic = `~node:${hub.post.node}`;
    for (const message of [
      null,
      {},
      { fence: session },
      { fence: 7, generation: 1 },
      { fence: 'other', generation: 9 },
      { fence: session, generation: 0 },
    ]) {
      engine.say(topic, message);
    }
    expect(client.why).toBeUndefined();
    engine.say(topic, { fence: session, generation: 1 });
    expect(client.why?.name).toBe('FENCED');
  });

  it('is found by its name, here and on other nodes, and signals reach it', async () => {
    const engine = new ScriptedEngine();
    const [one, two] = [await startWorld({ engine }), await startWorld({ engine })];
    const client = one.connect();
    client.hello();
    await settled();
    const { session } = client.all('welcome')[0]!;
    client.told();
    expect(await one.hub.toSession(session, 'a')).toBe(true);
    expect(await two.hub.toSession(session, 'b')).toBe(true);
    expect(await two.hub.toSession('nobody', 'c')).toBe(false);
    await two.hub.broadcast('d');
    await settled();
    expect(client.all('signal').map(({ data }) => data)).toEqual(['a', 'b', 'd']);
  });
});
