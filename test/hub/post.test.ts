import { describe, expect, it } from 'vitest';
import { PostRoom } from '../../src/hub/post.ts';
import { type ScriptedBroker, ScriptedEngine } from './scripted-broker.ts';
import { settled } from './world.ts';

async function post(): Promise<{ post: PostRoom; broker: ScriptedBroker; failures: unknown[] }> {
  const broker = new ScriptedEngine().broker();
  const failures: unknown[] = [];
  const room = new PostRoom(() => 'n1', broker, { failed: (error) => failures.push(error) });
  await broker.start({ deliver: () => undefined, hear: room.hear });
  return { post: room, broker, failures };
}

describe('the post between nodes', () => {
  it('tells all who follow a topic here, the sender included, and asks the bus once', async () => {
    const { post: room, broker } = await post();
    const heard: unknown[] = [];
    await room.follow('a', (message) => heard.push(['one', message]));
    await room.follow('a', (message) => heard.push(['two', message]));
    await room.follow('b', (message) => heard.push(['other', message]));
    await room.send('a', 1);
    expect(heard).toEqual([
      ['one', 1],
      ['two', 1],
    ]);
    expect(broker.busCalls).toEqual(['follow a', 'follow b', 'send a']);
  });

  it('tells those who begin to follow at once', async () => {
    const { post: room, broker } = await post();
    const heard: unknown[] = [];
    const hear = (message: unknown): number => heard.push(message);
    await Promise.all([room.follow('a', hear), room.follow('a', hear)]);
    await room.send('a', 1);
    expect([heard, broker.busCalls]).toEqual([
      [1, 1],
      ['follow a', 'send a'],
    ]);
  });

  it('lets go of a topic with the last who followed it', async () => {
    const { post: room, broker } = await post();
    const heard: unknown[] = [];
    const first = await room.follow('a', (message) => heard.push(message));
    const second = await room.follow('a', (message) => heard.push(message));
    first();
    first();
    await settled();
    expect(broker.topics.has('a')).toBe(true);
    await room.send('a', 1);
    expect(heard).toEqual([1]);
    second();
    await settled();
    expect(broker.topics.has('a')).toBe(false);
  });

  it('who leaves and who comes while the bus is asked: the topic is followed', async () => {
    const { post: room, broker } = await post();
    broker.hold('hearken');
    const leaving = room.follow('a', () => undefined).then((leave) => leave());
    await settled();
    const heard: unknown[] = [];
    const coming = room.follow('a', (message) => heard.push(message));
    broker.letGo('hearken');
    await leaving;
    await coming;
    await settled();
    await room.send('a', 1);
    expect(heard).toEqual([1]);
  });

  it('rejects as the bus does, and then nobody follows', async () => {
    const { post: room, broker } = await post();
    broker.failNext('hearken', new Error('gone'));
    const heard: unknown[] = [];
    await expect(room.follow('a', (message) => heard.push(message))).rejects.toThrow('gone');
    await room.follow('a', () => undefined);
    await room.send('a', 1);
    expect(heard).toEqual([]);
  });

  it('one who throws disturbs nobody else', async () => {
    const { post: room, failures } = await post();
    const failure = new Error('mine');
    const heard: unknown[] = [];
    await room.follow('a', () => {
      throw failure;
    });
    await room.follow('a', (message) => heard.push(message));
    await room.send('a', 1);
    expect([heard, failures]).toEqual([[1], [failure]]);
  });
});
