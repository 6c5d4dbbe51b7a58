import { describe, expect, it } from 'vitest';
import { eventSource, type Wish } from '../../src/gateways/event-source.ts';
import { EventStreamReader, type StreamEvent } from '../../src/ground/event-stream.ts';
import { Shared } from '../../src/ground/shared.ts';
import type { FrontDesk, Outlet, Payload, Pipe } from '../../src/ports/index.ts';
import type { ClientMessage, Publication, ServerMessage } from '../../src/wire/index.ts';

function open(wish: Wish) {
  const asked: unknown[] = [];
  const closings: unknown[] = [];
  const whys: unknown[] = [];
  const events: StreamEvent[] = [];
  const reader = new EventStreamReader(10_000, (event) => events.push(event));
  let lastId = '';
  const pipe: Pipe = {
    name: 'event-source',
    address: '::1',
    bufferedBytes: 3,
    send(payload: Shared<Payload>) {
      const text = String(payload.value);
      lastId = /^id: (.*)$/m.exec(text)?.[1] ?? lastId;
      reader.read(new TextEncoder().encode(text));
    },
    drained: async () => undefined,
    close: (why) => {
      closings.push(why.name);
      whys.push(why);
    },
  };
  let outlet!: Outlet;
  const desk = {
    post: undefined as never,
    open(given: Outlet) {
      outlet = given;
      return {
        receive: (message: ClientMessage) => void asked.push(message),
        reject: (why: unknown) => void asked.push(why),
        closed: () => void asked.push('closed'),
      };
    },
  } satisfies FrontDesk;
  const listener = eventSource().open(pipe, desk);
  listener.received(JSON.stringify(wish));
  const tell = (message: object): void => outlet.send(new Shared(message as ServerMessage));
  return { asked, closings, whys, events, tell, listener, outlet, lastId: () => lastId };
}

const publication = (offset: number, more: Partial<Publication> = {}): object => ({
  type: 'publication',
  channel: 'room',
  publication: {
    offset,
    id: `p${offset}`,
    prev: { offset: offset - 1, id: '' },
    data: offset,
    atMs: 5,
    ...more,
  },
});
const subscribed = {
  type: 'subscribed',
  id: 1,
  channel: 'room',
  kind: 'log',
  position: { epoch: 'e', offset: 1, id: 'p1' },
};

describe('a channel for an EventSource', () => {
  it('says hello with the token, subscribes when it is welcome, and tells events with positions', () => {
    const { asked, events, tell, outlet } = open({ channel: 'room', token: 't' });
    expect(asked).toEqual([{ type: 'hello', version: 1, capabilities: [], token: 't' }]);
    tell({ type: 'welcome' });
    expect(asked[1]).toEqual({ type: 'subscribe', id: 1, channel: 'room' });
    tell(subscribed);
    tell(publication(2, { event: 'said', by: 'ada' }));
    expect(events).toEqual([
      { id: '', name: 'subscribed', data: '{"kind":"log"}' },
      { id: 'e:2:p2', name: '', data: '{"data":2,"event":"said","atMs":5,"by":"ada"}' },
    ]);
    expect([outlet.name, outlet.address, outlet.bufferedBytes]).toEqual(['event-source', '::1', 3]);
  });

  it('goes on from the last event', () => {
    const { asked, tell } = open({ channel: 'room', since: 'e:2:p2' });
    tell({ type: 'welcome' });
    expect(asked[1]).toMatchObject({ since: { epoch: 'e', offset: 2, id: 'p2' } });
  });

  it.each(['x', 'e:1', '%', 'e:1:a:b'])('what is no position is refused: %s', (since) => {
    const { asked } = open({ channel: 'room', since });
    expect(asked).toMatchObject([{ name: 'MESSAGE_INVALID' }]);
  });

  it('the position counts without an event, too', () => {
    const { events, tell, lastId } = open({ channel: 'room' });
    tell({ type: 'welcome' });
    tell(subscribed);
    tell({ type: 'caughtUp', channel: 'room', position: subscribed.position });
    expect(lastId()).toBe('e:1:p1');
    tell({ type: 'advance', channel: 'room', to: { epoch: 'e', offset: 7, id: 'p7' } });
    expect([lastId(), events.length]).toEqual(['e:7:p7', 1]);
  });

  it('a gap is told, and what follows is of the log behind it', () => {
    const { events, tell } = open({ channel: 'room' });
    tell({ type: 'welcome' });
    tell(subscribed);
    const gap = {
      reason: 'epoch',
      from: subscribed.position,
      to: { epoch: 'f', offset: 0, id: '' },
    };
    tell({ type: 'gap', channel: 'room', gap });
    tell(publication(1));
    expect(events.slice(1).map(({ id, name }) => [id, name])).toEqual([
      ['f:0:', 'gap'],
      ['f:1:p1', ''],
    ]);
    expect(JSON.parse(events[1]!.data)).toEqual(gap);
  });

  it('D11: one that is let in no longer is told, and ended', () => {
    const { closings, events, tell } = open({ channel: 'room' });
    tell({ type: 'welcome' });
    tell(subscribed);
    const { position } = subscribed;
    const gap = { reason: 'unauthorised', from: position, to: position };
    tell({ type: 'gap', channel: 'room', gap });
    expect(events.at(-1)).toMatchObject({ name: 'gap', data: JSON.stringify(gap) });
    expect(closings).toEqual(['UNAUTHORISED']);
  });

  it('D16: no data, and no name of an entry, ends an event', () => {
    const { events, tell } = open({ channel: 'room' });
    tell({ type: 'welcome' });
    tell({ ...subscribed, position: { epoch: 'e\nid: 9', offset: 1, id: 'x' } });
    tell(publication(2, { id: 'a\r\ndata: evil', data: '\n\ndata: evil\n\n' }));
    tell({ type: 'signal', channel: 'room', data: new Uint8Array([1]), event: '\r' });
    expect(events.map(({ name }) => name)).toEqual(['subscribed', '', 'signal']);
    expect(events[1]!.id).toBe('e%0Aid:%209:2:a%0D%0Adata:%20evil');
    expect(JSON.parse(events[1]!.data)).toMatchObject({ data: '\n\ndata: evil\n\n' });
    expect(JSON.parse(events[2]!.data)).toEqual({ data: { base64: 'AQ==' }, event: '\r' });
  });

  it.each([
    ['FORBIDDEN', {}, { name: 'UNAUTHORISED' }],
    ['CHANNEL_INVALID', {}, { name: 'MESSAGE_INVALID' }],
    ['FORBIDDEN', { retryable: true }, { name: 'BUSY', retryAfterMs: 5_000 }],
    ['RATE_LIMITED', { retryable: true, retryAfterMs: 70 }, { name: 'BUSY', retryAfterMs: 70 }],
    ['BROKER_UNAVAILABLE', {}, { name: 'BUSY', retryAfterMs: 5_000 }],
  ])('%s with %j keeps the browser away for good, or until it may ask again', (code, more, why) => {
    const { closings, whys, tell, listener, asked } = open({ channel: 'room' });
    tell({ type: 'welcome' });
    tell({ type: 'error', id: 1, code, message: 'no', retryable: false, ...more });
    expect(closings).toEqual([why.name]);
    expect(whys).toEqual([expect.objectContaining({ ...why, reason: code })]);
    listener.closed();
    expect(asked.at(-1)).toBe('closed');
  });
});
