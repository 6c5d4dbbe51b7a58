import { describe, expect, it } from 'vitest';
import type { Feature } from '../../src/client/feature.ts';
import { connectedCore, startCore } from './core-world.ts';
import { admit, caughtUp, entry, place, publish, welcome } from './world.ts';

describe('the core of the client', () => {
  it('follows a channel over connections: no entry twice, none missing', () => {
    const { client, clock, road } = connectedCore();
    const room = client.subscribe('room');
    const got: unknown[] = [];
    room.on('publication', ({ data }) => got.push(data));
    admit(road(), 1);
    caughtUp(road(), 1);
    publish(road(), 2);
    road().end();
    clock.advance(250);
    road().resumed();
    expect(road().lastJoin()).toMatchObject({ channel: 'room', since: place(2) });
    admit(road(), 2);
    publish(road(), 3);
    caughtUp(road(), 3);
    expect([got, room.position, room.status]).toEqual([[2, 3], 'e1:3:id3', 'live']);
  });

  it('tells a gap before what comes after it, and loads a snapshot if it can', async () => {
    const { client, road } = connectedCore();
    const gaps: unknown[] = [];
    const room = client.subscribe('room', {
      since: 'e1:1:id1',
      resync: ({ reason, to }) => {
        gaps.push(reason);
        return to;
      },
    });
    const { id, channel } = road().lastJoin();
    const gap = { reason: 'trimmed', from: place(1), to: place(5) } as const;
    road().say({ type: 'subscribed', id, channel, kind: 'log', position: place(5), gap });
    await Promise.resolve();
    expect([gaps, room.position]).toEqual([['trimmed'], 'e1:5:id5']);
  });

  it('says signals, and hears those of channels and those of the server', () => {
    const { client, road } = connectedCore();
    const room = client.subscribe('room');
    admit(road(), 0, { kind: 'signals' });
    const heard: unknown[] = [];
    client.on('signal', ({ data }) => heard.push(`server: ${String(data)}`));
    room.on('signal', ({ data }) => heard.push(`room: ${String(data)}`));
    road().say({ type: 'signal', channel: 'room', data: 'typing' });
    road().say({ type: 'signal', channel: '~inbox', data: 'hello' });
    expect(heard).toEqual(['room: typing', 'server: hello']);
    expect(room.signal({ x: 1 })).toBe(true);
    expect(road().last('signal')).toEqual({ type: 'signal', channel: 'room', data: { x: 1 } });
    const invalid = expect.objectContaining({ code: 'REQUEST_INVALID' });
    expect(() => room.signal(1, 'x'.repeat(65))).toThrow(invalid);
    expect(() => room.signal(undefined)).toThrow(invalid);
  });

  it('refuses a channel of keyed state, and gives up its seat', () => {
    const { client, road } = connectedCore();
    const scores = client.subscribe('scores');
    const told: unknown[] = [];
    scores.on('status', ({ status, error }) => told.push([status, error?.code]));
    scores.on('publication', () => told.push('an entry'));
    admit(road(), 3, { kind: 'state' });
    const keyed = { ...entry(3), key: 'red' };
    road().say({ type: 'publication', channel: 'scores', publication: keyed });
    caughtUp(road(), 3, 'scores');
    expect(told).toEqual([['refused', 'KIND_MISMATCH']]);
    const { id } = road().last('unsubscribe');
    road().say({ type: 'unsubscribed', id, channel: 'scores' });
    expect([scores.kind, road().joins().length]).toEqual(['state', 1]);
  });

  it('answers at once what the server asks of it: it has no such method', () => {
    const { road } = connectedCore();
    road().say({ type: 'ask', id: 7, method: 'where', data: null, withinMs: 1_000 });
    expect(road().last('decline')).toMatchObject({ id: 7, code: 'METHOD_UNKNOWN' });
  });

  it('drops what answers nothing', () => {
    const { client, road } = connectedCore();
    road().say({ type: 'reply', id: 99, data: 1 });
    road().say({ type: 'progress', id: 99, seq: 1, data: 1 });
    road().say({ type: 'revoke', id: 99 });
    road().say({ type: 'renewed', id: 99 });
    road().say({ type: 'entered', id: 99, position: place(1) });
    road().say({ type: 'appended', id: 99, position: place(1) });
    const page = { publications: [], top: place(0), more: false };
    road().say({ type: 'historyPage', id: 99, channel: 'room', ...page });
    const refused = { message: '', retryable: false } as const;
    road().say({ type: 'error', id: 99, code: 'FORBIDDEN', ...refused });
    expect(client.status).toBe('connected');
  });

  it('moves to another connection before a server that stops ends the present one', () => {
    const { client, clock, roads, changes } = connectedCore();
    roads[0]!.say({ type: 'drain', reconnectWithinMs: 1_000, reason: 'stops' });
    clock.advance(500);
    expect(roads).toHaveLength(2);
    roads[1]!.welcome();
    expect([client.status, changes, roads[0]!.closedWith?.code]).toEqual(['connected', [], 1000]);
  });

  it('with a token that ends it comes back with a new one', async () => {
    let tokens = 0;
    const { clock, road, changes } = startCore({
      token: async () => {
        tokens += 1;
        return `t${tokens}`;
      },
    });
    await Promise.resolve();
    await Promise.resolve();
    road().open();
    road().say({ ...welcome(), expiresInMs: 1_000 });
    road().say({ type: 'disconnect', code: 4006, name: 'TOKEN_EXPIRED', reason: 'it has ended' });
    expect(changes.at(-1)).toMatchObject({ status: 'waiting', error: { code: 'TOKEN_EXPIRED' } });
    clock.advance(250);
    await Promise.resolve();
    await Promise.resolve();
    road().open();
    expect(road().last('hello').token).toBe('t2');
  });
});

describe('what stands beside the core', () => {
  const noting = (notes: unknown[], name: string): Feature => ({
    opened: ({ user }) => notes.push(`${name} opened ${user}`),
    received: ({ type }) => {
      notes.push(`${name} ${type}`);
      return name === 'first' && type === 'reply';
    },
    lost: (isHandover) => notes.push(`${name} lost ${isHandover}`),
    closed: () => notes.push(`${name} closed`),
  });

  it('is told in the order in which it was added, and what one takes the next does not see', () => {
    const { client, road } = startCore();
    const notes: unknown[] = [];
    client.parts.add(noting(notes, 'first'));
    client.parts.add(noting(notes, 'second'));
    client.parts.add({});
    road().welcome();
    road().say({ type: 'reply', id: 1, data: 1 });
    road().say({ type: 'revoke', id: 1 });
    client.close();
    expect(notes).toEqual([
      'first opened ada',
      'second opened ada',
      'first reply',
      'first revoke',
      'second revoke',
      'first lost false',
      'first closed',
      'second lost false',
      'second closed',
    ]);
  });

  it('coming late it is told of the present connection, and of none when there is none', () => {
    const { client, clock, road } = connectedCore();
    const notes: unknown[] = [];
    client.parts.add(noting(notes, 'late'));
    expect(notes).toEqual(['late opened ada']);
    road().end();
    client.parts.add(noting(notes, 'later'));
    expect(notes).toEqual(['late opened ada', 'late lost false']);
    clock.advance(250);
    road().welcome('bob');
    expect(notes.slice(2)).toEqual(['late opened bob', 'later opened bob']);
  });
});
