import { describe, expect, it } from 'vitest';
import { HeldDownlink, type Locks } from '../../../src/client/transports/held-downlink.ts';

/** One lock, as the platform has it. */
class OneLock implements Locks {
  readonly names: string[] = [];
  private tail: Promise<unknown> = Promise.resolve();
  private isTaken = false;

  async request(
    name: string,
    { ifAvailable = false, signal }: Parameters<Locks['request']>[1],
    run: Parameters<Locks['request']>[2],
  ): Promise<unknown> {
    this.names.push(name);
    if (ifAvailable && this.isTaken) {
      return run(null);
    }
    const before = this.tail;
    const mine = before.then(async () => {
      if (signal?.aborted) {
        return;
      }
      this.isTaken = true;
      await run({});
      this.isTaken = false;
    });
    this.isTaken = true;
    this.tail = mine;
    return mine;
  }
}
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('one held downlink', () => {
  it('is the first tab’s, then the next one’s', async () => {
    const locks = new OneLock();
    const told: number[] = [];
    const tabs = [1, 2, 3].map((tab) => new HeldDownlink(locks, 'https://a', () => told.push(tab)));
    for (const tab of tabs) {
      await tab.start();
    }
    const ours = (): boolean[] => tabs.map(({ isOurs }) => isOurs);
    expect(ours()).toEqual([true, false, false]);
    tabs[1]!.stop();
    tabs[0]!.stop();
    await settled();
    expect([ours(), told]).toEqual([[false, false, true], [3]]);
    expect(new Set(locks.names)).toEqual(new Set(['tautline-downlink:https://a']));
  });

  it('is everybody’s where locks are refused', async () => {
    const refusing: Locks = { request: () => Promise.reject(new Error('no origin')) };
    const tab = new HeldDownlink(refusing, 'null', () => undefined);
    await tab.start();
    expect(tab.isOurs).toBe(true);
    tab.stop();
    expect(tab.isOurs).toBe(false);
  });
});
