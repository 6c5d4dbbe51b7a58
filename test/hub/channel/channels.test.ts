import { describe, expect, it } from 'vitest';
import { Subscription } from '../../../src/hub/channel/catch-up.ts';
import { Channels } from '../../../src/hub/channel/channels.ts';
import { ScriptedEngine } from '../scripted-broker.ts';
import { deafReceiver, insideFor, logNamed, settled } from '../world.ts';

describe('the register of channels', () => {
  it('gives the same channel for the same name, up to its limit, and one that is there beyond it', async () => {
    const inside = insideFor(new ScriptedEngine().broker(), { maxChannels: 2 });
    let removed = 0;
    const channels = new Channels(inside, () => (removed += 1));
    const subscription = new Subscription('a', deafReceiver, inside);
    const a = channels.find(logNamed('a'));
    await a?.join(subscription);
    expect(channels.find(logNamed('a'))).toBe(a);
    const b = channels.find(logNamed('b'));
    expect([b?.name, channels.size]).toEqual(['b', 2]);
    expect(channels.find(logNamed('c'))).toBeUndefined();
    expect(channels.find(logNamed('a'))).toBe(a);
    expect([channels.subscribers('a'), channels.subscribers('c')]).toEqual([1, 0]);
    channels.leave('a', subscription);
    await settled();
    expect([subscription.hasLeft, channels.size, removed]).toEqual([true, 1, 1]);
    expect(channels.find(logNamed('c'))?.name).toBe('c');
  });

  it('names that every object has are names like others', () => {
    const channels = new Channels(insideFor(new ScriptedEngine().broker()), () => undefined);
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(channels.subscribers(name)).toBe(0);
      expect(channels.find(logNamed(name))?.name).toBe(name);
    }
    expect(channels.size).toBe(4);
  });

  it('what is announced for a channel that nobody follows is ignored', () => {
    const channels = new Channels(insideFor(new ScriptedEngine().broker()), () => undefined);
    const prev = { offset: 0, id: '' };
    channels.deliver('a', 'e', { offset: 1, id: 'x', prev, data: 1, atMs: 0 });
    expect(channels.size).toBe(0);
  });
});
