import { describe, expect, it } from 'vitest';
import type { AnsweredRequest } from '../../../src/hub/application.ts';
import { mostSignals, Trail } from '../../../src/hub/session/trail.ts';
import type { Of, ServerMessage, Signal } from '../../../src/wire/index.ts';

const position = { epoch: 'e', offset: 1, id: 'x' };

function walk() {
  const told: unknown[] = [];
  let nowMs = 0;
  const session = { whom: { user: 'ann', guest: 'data' } };
  const answered = ({ action, channel, name, refused, tookMs }: AnsweredRequest): void => {
    told.push([action, channel, name, refused, tookMs]);
  };
  const trail = new Trail(session, answered, () => nowMs);
  const at = (ms: number): void => {
    nowMs = ms;
  };
  const error = (id: number, more: object = {}): void =>
    trail.told({
      type: 'error',
      id,
      code: 'FORBIDDEN',
      message: '',
      retryable: false,
      ...more,
    } as Of<ServerMessage, 'error'>);
  const subscribed = (id: number, channel: string): void =>
    trail.told({ type: 'subscribed', id, channel, kind: 'log', position });
  return { trail, told, error, subscribed, at };
}

function signal(event?: string): Signal {
  return { type: 'signal', channel: 'a', data: 1, ...(event === undefined ? {} : { event }) };
}

describe('a trail', () => {
  it('has one end for each request, with the time that it took', () => {
    const { trail, told, error, subscribed, at } = walk();
    trail.came({ type: 'subscribe', id: 1, channel: 'a' });
    trail.came({ type: 'publish', id: 2, channel: 'a', data: 1, event: 'e' });
    trail.came({ type: 'publish', id: 3, channel: 's', data: 1, key: 'k' });
    trail.came({ type: 'publish', id: 4, channel: 's', data: null, key: 'k', removed: true });
    trail.came({ type: 'call', id: 5, method: 'm', data: 1, withinMs: 1 });
    trail.came({ type: 'enter', id: 6, channel: 'a', data: 1 });
    trail.came({ type: 'history', id: 7, channel: 'a', limit: 1 });
    at(20);
    subscribed(1, 'a');
    error(1);
    error(2);
    trail.told({ type: 'appended', id: 3, position });
    trail.told({ type: 'appended', id: 4, position });
    trail.told({ type: 'reply', id: 5, data: 1 });
    trail.told({ type: 'entered', id: 6, position });
    trail.told({
      type: 'historyPage',
      id: 7,
      channel: 'a',
      publications: [],
      top: position,
      more: false,
    });
    expect(told).toEqual([
      ['subscribe', 'a', undefined, undefined, 20],
      ['publish', 'a', 'e', 'FORBIDDEN', 20],
      ['set', 's', 'k', undefined, 20],
      ['remove', 's', 'k', undefined, 20],
      ['call', undefined, 'm', undefined, 20],
      ['enter', 'a', undefined, undefined, 20],
      ['subscribe', 'a', undefined, undefined, 20],
    ]);
    expect(trail.size).toBe(0);
  });

  it('knows who asked, as of now', () => {
    const told: AnsweredRequest[] = [];
    const session = { whom: { user: 'ann', guest: 'before' } };
    const trail = new Trail(
      session,
      (request) => told.push(request),
      () => 0,
    );
    trail.came({ type: 'subscribe', id: 1, channel: 'a' });
    session.whom.guest = 'after';
    trail.told({ type: 'subscribed', id: 1, channel: 'a', kind: 'log', position });
    expect(told).toMatchObject([{ user: 'ann', guest: 'after' }]);
  });

  it('of a resume has an end for each channel, once', () => {
    const { trail, told, error, subscribed } = walk();
    const channels = ['a', 'b', 'c', 'a'].map((channel) => ({ channel }));
    trail.came({ type: 'resume', id: 1, channels });
    subscribed(1, 'b');
    error(1, { channel: 'a' });
    error(1, { channel: 'a' });
    expect(trail.size).toBe(1);
    error(1);
    expect(told).toEqual([
      ['subscribe', 'b', undefined, undefined, 0],
      ['subscribe', 'a', undefined, 'FORBIDDEN', 0],
      ['subscribe', 'c', undefined, 'FORBIDDEN', 0],
    ]);
    expect(trail.size).toBe(0);
    trail.came({ type: 'resume', id: 2, channels: [] });
    expect(trail.size).toBe(0);
  });

  it('of rosters tells whose they are: of one that is followed, read, or resumed with channels', () => {
    const { trail, told, error, subscribed } = walk();
    const channel = '~roster:a';
    trail.came({ type: 'subscribe', id: 1, channel });
    trail.came({ type: 'history', id: 2, channel, limit: 1 });
    trail.came({ type: 'resume', id: 3, channels: [{ channel }, { channel: 'a' }] });
    trail.came({ type: 'subscribe', id: 4, channel: '~roster:~inbox' });
    subscribed(1, channel);
    error(2);
    error(3, { channel });
    subscribed(3, 'a');
    error(4, { code: 'CHANNEL_INVALID' });
    expect(told).toEqual([
      ['roster', 'a', undefined, undefined, 0],
      ['roster', 'a', undefined, 'FORBIDDEN', 0],
      ['roster', 'a', undefined, 'FORBIDDEN', 0],
      ['subscribe', 'a', undefined, undefined, 0],
      ['subscribe', '~roster:~inbox', undefined, 'CHANNEL_INVALID', 0],
    ]);
    expect(trail.size).toBe(0);
  });

  it('of signals has the end that it is told, once, with the time that it took', () => {
    const { trail, told, at } = walk();
    const [one, two] = [signal('typing'), signal()];
    trail.came(one);
    at(5);
    trail.came(two);
    at(7);
    trail.signalled(two, 'FORBIDDEN');
    trail.signalled(one, undefined);
    trail.signalled(one, 'FORBIDDEN');
    expect(told).toEqual([
      ['signal', 'a', undefined, 'FORBIDDEN', 2],
      ['signal', 'a', 'typing', undefined, 7],
    ]);
    expect(trail.size).toBe(0);
  });

  it('keeps so many signals; of one more the oldest ends unknown', () => {
    const { trail, told } = walk();
    trail.came(signal('first'));
    for (let i = 1; i < mostSignals; i += 1) {
      trail.came(signal());
    }
    expect([trail.size, told]).toEqual([mostSignals, []]);
    trail.came(signal());
    expect(trail.size).toBe(mostSignals);
    expect(told).toEqual([['signal', 'a', 'first', 'ANSWER_UNKNOWN', 0]]);
  });

  it('has nothing of what nobody is asked about', () => {
    const { trail } = walk();
    trail.came({ type: 'ping', id: 1 });
    trail.came({ type: 'cancel', id: 1 });
    trail.came({ type: 'exit', id: 2, channel: 'a' });
    trail.came({ type: 'unsubscribe', id: 3, channel: 'a' });
    expect(trail.size).toBe(0);
  });

  it('is over with its session: what is open then ends unknown, and not again', () => {
    const { trail, told, error } = walk();
    trail.came({ type: 'publish', id: 2, channel: 'a', data: 1 });
    trail.came(signal());
    trail.end();
    error(2);
    trail.end();
    expect(told).toEqual([
      ['publish', 'a', undefined, 'ANSWER_UNKNOWN', 0],
      ['signal', 'a', undefined, 'ANSWER_UNKNOWN', 0],
    ]);
    expect(trail.size).toBe(0);
  });
});
