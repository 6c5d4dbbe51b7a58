import { describe, expect, it } from 'vitest';
import { offeredIn } from './editor.ts';

const client = `
import { z } from 'zod';
import { type CallsOf, contract, type EventsOf, type ParamsArgument, type PatternOf, type SignalsOf } from '../../src/contract/index.ts';
import type { App } from '../../test/contract/app.ts';
declare function open<P extends PatternOf<App>>(pattern: P, ...params: ParamsArgument<P>): {
  publish<E extends keyof EventsOf<App, P>>(event: E, data: EventsOf<App, P, 'input'>[E]): void;
  signal<S extends keyof SignalsOf<App, P>>(name: S, data: SignalsOf<App, P, 'input'>[S]): void;
  call<M extends keyof CallsOf<App, P>>(name: M, data: CallsOf<App, P>[M]['in']): CallsOf<App, P>[M]['out'];
};
const room = open('chat/:room', { room: '42' });
`;

describe('an editor', () => {
  it('offers the channels, their parameters, and what can be said in them', async () => {
    const offered = await offeredIn(`${client}
open('▮');
open('chat/:room', { ▮ });
open('price/:market/:symbol', { market: 'x', ▮ });
room.publish('▮');
room.publish('message', { ▮ });
room.signal('▮');
room.call('▮');
room.call('send', { ▮ });
room.call('send', { text: 'hi' }).▮;
contract({ ▮ });
contract({ channels: { a: { ▮ } } });
contract({ channels: { a: { calls: { send: { ▮ } } } } });
`);
    const [channels, params, second, events, fields, signals, calls, given, answer, ...shapes] =
      offered;
    expect(channels).toEqual(['chat/:room', 'lobby', 'price/:market/:symbol']);
    expect(params).toEqual(['room']);
    expect(second).toEqual(['symbol']);
    expect(events).toEqual(['counted', 'edited', 'message', 'moved']);
    expect(fields).toEqual(['by', 'text']);
    expect(signals).toEqual(['typing']);
    expect(calls).toEqual(['send']);
    expect(given).toEqual(['text', 'tries?']);
    expect(answer).toEqual(['id']);
    expect(shapes).toEqual([
      ['calls?', 'channels', 'session?', 'user?'],
      ['calls?', 'events?', 'history?', 'presence?', 'signals?', 'state?'],
      ['in', 'out', 'progress?'],
    ]);
  }, 120_000);
});
