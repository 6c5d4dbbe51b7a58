import { describe, expect, it } from 'vitest';
import { InOrder } from '../../../src/hub/app/in-order.ts';

/** Says words, some of which are not ready yet. */
function speaker() {
  const inOrder = new InOrder();
  const said: string[] = [];
  const gates = new Map<string, { open: () => void; shut: (error: Error) => void }>();
  return {
    inOrder,
    said,
    gates,
    say: (word: string, { isReady = true, channel = 'a' } = {}) => {
      const ready = isReady
        ? undefined
        : new Promise<void>((open, shut) => gates.set(word, { open, shut }));
      return inOrder.run(channel, ready, async () => {
        said.push(word);
        return word.length;
      });
    },
  };
}

describe('what is said in one channel', () => {
  it('is said at once where nothing is waited for', async () => {
    const { inOrder, said, say } = speaker();
    const saying = say('one');
    expect(said).toEqual(['one']);
    expect(inOrder.size).toBe(0);
    expect(await saying).toBe(3);
  });

  it('is said in its order, whichever is ready first', async () => {
    const { said, gates, say } = speaker();
    const all = [say('slow', { isReady: false }), say('slower', { isReady: false }), say('quick')];
    gates.get('slower')!.open();
    await Promise.resolve();
    expect(said).toEqual([]);
    gates.get('slow')!.open();
    expect(await Promise.all(all)).toEqual([4, 6, 5]);
    expect(said).toEqual(['slow', 'slower', 'quick']);
  });

  it('does not wait for what is said elsewhere, nor for what becomes of it', async () => {
    const { inOrder, said, gates, say } = speaker();
    const slow = say('slow', { isReady: false });
    await say('elsewhere', { channel: 'b' });
    gates.get('slow')!.open();
    await slow;
    void inOrder.run('a', Promise.resolve(), () => new Promise(() => undefined));
    await say('next');
    expect(said).toEqual(['elsewhere', 'slow', 'next']);
  });

  it('is left out when it does not come to be ready, and the next one keeps its place', async () => {
    const { said, gates, say } = speaker();
    const first = say('first', { isReady: false });
    const wrong = say('wrong', { isReady: false });
    const last = say('last');
    gates.get('wrong')!.shut(new Error('no'));
    await expect(wrong).rejects.toThrow('no');
    expect(said).toEqual([]);
    gates.get('first')!.open();
    await Promise.all([first, last]);
    expect(said).toEqual(['first', 'last']);
  });

  it('leaves nothing behind', async () => {
    const { inOrder, gates, say } = speaker();
    const all = [say('a', { isReady: false }), say('b', { isReady: false, channel: 'b' })];
    expect(inOrder.size).toBe(2);
    for (const { open } of gates.values()) {
      open();
    }
    await Promise.all(all);
    await Promise.resolve();
    expect(inOrder.size).toBe(0);
  });
});
