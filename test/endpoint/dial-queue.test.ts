import { describe, expect, it } from 'vitest';
import { DialQueue } from '../../src/endpoint/dial-queue.ts';

/** Work that ends when it is told to. */
function work(): { run: () => Promise<string>; began: boolean; end: () => void; fail: () => void } {
  let end = (): void => {};
  let fail = (): void => {};
  const one = {
    began: false,
    run() {
      one.began = true;
      return new Promise<string>((resolve, reject) => {
        end = () => resolve('done');
        fail = () => reject(new Error('failed'));
      });
    },
    end: () => end(),
    fail: () => fail(),
  };
  return one;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('§4.1 item 2: no more than one connection in a CONNECTING state', () => {
  it('to one server, one after the other, in the order of the calls', async () => {
    const queue = new DialQueue();
    const [a, b, c] = [work(), work(), work()];
    const results = [queue.run('s', a.run), queue.run('s', b.run), queue.run('s', c.run)];
    await turn();
    expect([a.began, b.began, c.began]).toEqual([true, false, false]);
    a.end();
    await turn();
    expect([b.began, c.began]).toEqual([true, false]);
    b.end();
    await turn();
    c.end();
    expect(await Promise.all(results)).toEqual(['done', 'done', 'done']);
  });

  it('one that fails lets the next begin', async () => {
    const queue = new DialQueue();
    const [a, b] = [work(), work()];
    const first = queue.run('s', a.run);
    const second = queue.run('s', b.run);
    await turn();
    a.fail();
    await expect(first).rejects.toThrow('failed');
    await turn();
    b.end();
    expect(await second).toBe('done');
  });

  it('other servers do not wait', async () => {
    const queue = new DialQueue();
    const [a, b] = [work(), work()];
    void queue.run('s', a.run);
    void queue.run('t', b.run);
    await turn();
    expect([a.began, b.began]).toEqual([true, true]);
    expect(queue.size).toBe(2);
  });

  it('nothing is kept of a server when the last is done', async () => {
    const queue = new DialQueue();
    const a = work();
    const result = queue.run('s', a.run);
    await turn();
    a.end();
    await result;
    await turn();
    expect(queue.size).toBe(0);
  });
});
