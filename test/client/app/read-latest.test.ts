import { describe, expect, it } from 'vitest';
import { readLatest } from '../../../src/client/app/read-latest.ts';
import {
  type Client,
  ClientError,
  type Page,
  type Subscription,
} from '../../../src/client/index.ts';
import { advance, ManualClock } from '../../../src/testing/index.ts';

function reading({ kind = 'log', limit = 5 } = {}) {
  const clock = new ManualClock();
  const listeners = new Map<string, (told: unknown) => void>();
  const asked: unknown[] = [];
  const loaded: unknown[] = [];
  let answer: () => Promise<Page> = () => Promise.reject(new Error('unset'));
  const subscription = {
    channel: 'room',
    status: 'pending',
    kind,
    on: (name: string, listener: (told: unknown) => void) => {
      listeners.set(name, listener);
      return () => listeners.delete(name);
    },
  };
  const client = {
    clock,
    history: (channel: string, query: unknown) => {
      asked.push([channel, query]);
      return answer();
    },
  };
  const begin = () =>
    readLatest(client as unknown as Client, subscription as unknown as Subscription, {
      limit,
      loaded: (page) => loaded.push(page.top),
    });
  return {
    clock,
    asked,
    loaded,
    listeners,
    begin,
    answers: (next: () => Promise<Page>) => {
      answer = next;
    },
    is: (status: string) => {
      subscription.status = status;
      listeners.get('status')?.({ status });
    },
    gap: () => listeners.get('gap')?.({}),
  };
}
const page = (top: string) => async (): Promise<Page> => ({ publications: [], more: false, top });

describe('the latest of a log', () => {
  it('is read when the channel is live, once', async () => {
    const { clock, asked, loaded, answers, begin, is } = reading();
    answers(page('a'));
    begin();
    expect(asked).toEqual([]);
    is('catchingUp');
    is('live');
    await advance(clock, 0);
    is('pending');
    is('live');
    await advance(clock, 1_000_000);
    expect([asked, loaded]).toEqual([[['room', { limit: 5 }]], ['a']]);
  });

  it('is read at once where it is live already', async () => {
    const { clock, loaded, answers, begin, is } = reading();
    answers(page('a'));
    is('live');
    begin();
    await advance(clock, 0);
    expect(loaded).toEqual(['a']);
  });

  it('is not read of what is no log, nor when nothing is wanted', async () => {
    for (const options of [{ kind: 'state' }, { kind: 'signals' }, { limit: 0 }]) {
      const { asked, begin, is, gap } = reading(options);
      begin();
      is('live');
      gap();
      expect(asked).toEqual([]);
    }
  });

  it('is read again after a gap, and again when delivery has gone on elsewhere', async () => {
    const { clock, loaded, answers, begin, is, gap } = reading();
    answers(page('a'));
    begin();
    is('live');
    await advance(clock, 0);
    answers(page('b'));
    gap();
    await advance(clock, 0);
    expect(loaded).toEqual(['a', 'b']);
    answers(page('c'));
    is('pending');
    is('live');
    await advance(clock, 0);
    is('live');
    await advance(clock, 0);
    expect(loaded).toEqual(['a', 'b', 'c']);
  });

  it('what cannot be read now is read later, less and less often', async () => {
    const { clock, asked, loaded, answers, begin, is } = reading();
    answers(() => Promise.reject(new ClientError('NOT_CONNECTED', 'later', true)));
    begin();
    is('live');
    await advance(clock, 499);
    expect(asked.length).toBe(1);
    await advance(clock, 1);
    await advance(clock, 999);
    expect(asked.length).toBe(2);
    answers(page('a'));
    await advance(clock, 1);
    expect([asked.length, loaded]).toEqual([3, ['a']]);
  });

  it('what may not be read is not asked for again', async () => {
    const { clock, asked, answers, begin, is } = reading();
    answers(() => Promise.reject(new ClientError('FORBIDDEN', 'no')));
    begin();
    is('live');
    await advance(clock, 1_000_000);
    expect(asked.length).toBe(1);
  });

  it('of two answers that cross the newer is taken', async () => {
    const { clock, loaded, answers, begin, is, gap } = reading();
    let give: (page: Page) => void = () => undefined;
    answers(
      () =>
        new Promise((resolve) => {
          give = resolve;
        }),
    );
    begin();
    is('live');
    answers(page('b'));
    gap();
    await advance(clock, 0);
    give(await page('a')());
    await advance(clock, 0);
    expect(loaded).toEqual(['b']);
  });

  it('ends: what comes after is nothing, and nothing is left that listens or waits', async () => {
    const { clock, asked, loaded, listeners, answers, begin, is } = reading();
    answers(() => Promise.reject(new ClientError('NOT_CONNECTED', 'later', true)));
    const end = begin();
    is('live');
    await advance(clock, 0);
    end();
    await advance(clock, 1_000_000);
    expect([asked.length, loaded, listeners.size]).toEqual([1, [], 0]);
  });
});
