/**
 * What a contract lets compile, and what not. Checked by `tsc -b`: each line under `@ts-expect-error` must be an error, and each `same` the same
 * type to the letter.
 */
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import {
  type CallsOf,
  type ChannelOf,
  type Contract,
  channelName,
  contract,
  type EventsOf,
  findChannel,
  type HandlersOf,
  type InputOf,
  type OutputOf,
  type ParamsArgument,
  type ParamsOf,
  type PatternOf,
  type PresenceOf,
  type ProgressOf,
  type Schema,
  type SessionOf,
  type SignalsOf,
  type StateOf,
  type UserOf,
  type Validated,
  validate,
} from '../../src/contract/index.ts';
import { type App, app } from './app.ts';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<Is extends true>(..._is: Is extends true ? [] : [never]): void;

/** What a client or a server makes of these types. */
declare function open<P extends PatternOf<App>>(
  pattern: P,
  ...params: ParamsArgument<P>
): {
  publish<E extends keyof EventsOf<App, P>>(event: E, data: EventsOf<App, P, 'input'>[E]): void;
  on<E extends keyof EventsOf<App, P>>(event: E, run: (data: EventsOf<App, P>[E]) => void): void;
  signal<S extends keyof SignalsOf<App, P>>(name: S, data: SignalsOf<App, P, 'input'>[S]): void;
  call<M extends keyof CallsOf<App, P>>(
    name: M,
    data: CallsOf<App, P>[M]['in'],
  ): CallsOf<App, P>[M]['out'];
};

export function whatIsInferred(): void {
  // Names are literals: an editor can list them.
  same<Same<PatternOf<App>, 'chat/:room' | 'price/:market/:symbol' | 'lobby'>>();
  same<Same<keyof EventsOf<App, 'chat/:room'>, 'message' | 'edited' | 'moved' | 'counted'>>();
  same<Same<keyof SignalsOf<App, 'lobby'>, 'wave'>>();
  same<Same<keyof EventsOf<App, 'lobby'>, never>>();
  same<Same<keyof SignalsOf<App, 'price/:market/:symbol'>, never>>();
  same<Same<keyof CallsOf<App>, 'now'>>();
  same<Same<keyof CallsOf<App, 'lobby'>, never>>();
  same<Same<keyof HandlersOf<App, 'lobby'>, never>>();

  // Parameters come from the pattern.
  same<Same<ParamsOf<'chat/:room'>, { readonly room: string }>>();
  same<Same<ParamsOf<'a/:b/c/:d'>, { readonly b: string; readonly d: string }>>();
  same<Same<keyof ParamsOf<'lobby'>, never>>();
  same<Same<ParamsOf<string>, Readonly<Record<string, string>>>>();
  same<Same<ParamsArgument<'chat/:room'>, [params: { readonly room: string }]>>();

  // Payloads come from the schemas of each library, on both sides.
  same<Same<EventsOf<App, 'chat/:room'>['message'], { text: string; by: string }>>();
  same<Same<EventsOf<App, 'chat/:room'>['edited'], { id: string; text: string }>>();
  same<Same<EventsOf<App, 'chat/:room'>['moved'], { to: string }>>();
  same<Same<EventsOf<App, 'chat/:room'>['counted'], { n: number }>>();
  same<Same<EventsOf<App, 'chat/:room', 'input'>['counted'], { n: string }>>();
  same<Same<SignalsOf<App, 'lobby'>['wave'], null>>();
  same<Same<StateOf<App, 'price/:market/:symbol'>, { bid: number; ask: number }>>();
  same<Same<StateOf<App, 'lobby'>, never>>();
  same<Same<PresenceOf<App, 'chat/:room'>, { name: string }>>();
  same<Same<PresenceOf<App, 'chat/:room', 'input'>, { name?: string | undefined }>>();
  same<Same<PresenceOf<App, 'lobby'>, never>>();
  same<Same<UserOf<App>, { id: string; name: string }>>();
  same<Same<UserOf<App, 'input'>, { id: string; name?: string | undefined }>>();
  same<Same<UserOf<Contract<{ channels: Record<never, never> }>>, { readonly id: string }>>();

  // What is known of a session, where the contract says that anything is.
  same<Same<SessionOf<App>, { device: string }>>();
  same<Same<SessionOf<App, 'input'>, { device?: string | undefined }>>();
  same<Same<SessionOf<Contract<{ channels: Record<never, never> }>>, undefined>>();
  same<Same<SessionOf<Contract>, undefined>>();

  // What a method tells on the way, where it tells anything.
  same<Same<ProgressOf<App, undefined, 'now'>, { at: number }>>();
  same<Same<ProgressOf<App, undefined, 'now', 'input'>, { at: string }>>();
  same<Same<ProgressOf<App, 'chat/:room', 'send'>, never>>();
  same<Same<ProgressOf<App, 'lobby', 'send'>, never>>();

  // A method: who calls gives what is not validated yet, and gets what is.
  type Send = CallsOf<App, 'chat/:room'>['send'];
  same<Same<Send['in'], { text: string; tries?: number | undefined }>>();
  same<Same<Send['out'], { id: bigint }>>();
  type Sent = HandlersOf<App, 'chat/:room'>['send'];
  same<Same<Sent['in'], { text: string; tries: number }>>();
  same<Same<Sent['out'], { id: string }>>();
  same<Same<CallsOf<App>['now'], { readonly in: null; readonly out: number }>>();

  // What was written stays to be read.
  same<Same<ChannelOf<App, 'chat/:room'>['history']['entries'], 1000>>();
  const found = findChannel(app, 'lobby')!;
  same<Same<typeof found.pattern, PatternOf<App>>>();
  const result = validate(z.string().transform(Number), '5');
  same<Same<typeof result, Validated<number> | Promise<Validated<number>>>>();
  same<Same<InputOf<Schema<string, number>>, string>>();
  same<Same<OutputOf<Schema<string, number>>, number>>();

  // A contract of which nothing is known can be asked anything.
  same<Same<PatternOf<Contract>, string>>();
}

export function whatCompiles(): void {
  channelName('lobby');
  channelName('chat/:room', { room: '42' });
  channelName(String('chat/:room'), { room: '42' });
  const chat = open('chat/:room', { room: '42' });
  chat.publish('message', { text: 'hi', by: 'ann' });
  chat.publish('counted', { n: '5' });
  chat.on('counted', ({ n }) => n.toFixed());
  chat.signal('typing', { by: 'ann' });
  chat.call('send', { text: 'hi' }).id.toString();
  open('lobby').signal('wave', null);
  contract({ channels: {} });
  contract({ channels: { a: {}, b: { history: { entries: 1 }, state: z.string() } } });
}

export function whatDoesNot(): void {
  // @ts-expect-error no such channel
  open('chat/:rom', { rom: '42' });
  // @ts-expect-error a name is no pattern
  open('chat/42');
  // @ts-expect-error no parameters
  open('chat/:room');
  // @ts-expect-error another parameter
  open('chat/:room', { rom: '42' });
  // @ts-expect-error one parameter too many
  open('chat/:room', { room: '42', page: '1' });
  // @ts-expect-error one of two parameters
  open('price/:market/:symbol', { market: 'x' });
  // @ts-expect-error a number
  open('chat/:room', { room: 42 });
  // @ts-expect-error where there are no parameters
  open('lobby', { room: '42' });
  // @ts-expect-error no parameters
  channelName('chat/:room');
  // @ts-expect-error another parameter
  channelName('chat/:room', { rom: '42' });

  const chat = open('chat/:room', { room: '42' });
  // @ts-expect-error no such event
  chat.publish('massage', { text: 'hi', by: 'ann' });
  // @ts-expect-error a signal is no event
  chat.publish('typing', { by: 'ann' });
  // @ts-expect-error a field is missing
  chat.publish('message', { text: 'hi' });
  // @ts-expect-error a field of another type
  chat.publish('message', { text: 5, by: 'ann' });
  // @ts-expect-error a field that there is not
  chat.publish('message', { text: 'hi', by: 'ann', to: 'bob' });
  // @ts-expect-error the payload of another event
  chat.publish('edited', { text: 'hi', by: 'ann' });
  // @ts-expect-error what comes out is not what goes in
  chat.publish('counted', { n: 5 });
  // @ts-expect-error no such event
  chat.on('massage', () => {});
  // @ts-expect-error no such field
  chat.on('message', ({ txt }) => txt);
  // @ts-expect-error no such signal
  chat.signal('message', { text: 'hi', by: 'ann' });
  // @ts-expect-error no such method
  chat.call('now', null);
  // @ts-expect-error a wrong argument
  chat.call('send', { txt: 'hi' });
  // @ts-expect-error a wrong use of the answer
  chat.call('send', { text: 'hi' }).id.at(0);
  // @ts-expect-error nothing is published here
  open('lobby').publish('message', { text: 'hi', by: 'ann' });
  // @ts-expect-error nor in keyed state
  open('price/:market/:symbol', { market: 'x', symbol: 'y' }).publish('x', {});
}

export function whatIsNoContract(): void {
  const text = z.string();
  // @ts-expect-error no channels
  contract({});
  // @ts-expect-error an unknown field
  contract({ channels: {}, chanels: {} });
  // @ts-expect-error an unknown field of a channel
  contract({ channels: { a: { evnts: { m: text } } } });
  // @ts-expect-error keyed state has no events
  contract({ channels: { a: { state: text, events: { m: text } } } });
  // @ts-expect-error no schema
  contract({ channels: { a: { events: { m: 'string' } } } });
  // @ts-expect-error no schema
  contract({ channels: { a: { state: String } } });
  // @ts-expect-error a method without an answer
  contract({ channels: { a: { calls: { m: { in: text } } } } });
  // @ts-expect-error progress that is no schema
  contract({ channels: { a: { calls: { m: { in: text, out: text, progress: Number } } } } });
  // @ts-expect-error a session that is no schema
  contract({ session: { device: 'string' }, channels: {} });
  // @ts-expect-error a number in words
  contract({ channels: { a: { history: { entries: '5' } } } });
  // @ts-expect-error a user without a name of its own
  contract({ user: z.object({ name: text }), channels: {} });
  // @ts-expect-error nor one that is a number
  contract({ user: type({ id: 'number' }), channels: {} });

  // @ts-expect-error an event and a signal of one name
  contract({ channels: { a: { events: { m: text, n: text }, signals: { n: text } } } });

  // @ts-expect-error the client itself tells of gaps
  contract({ channels: { a: { events: { gap: text } } } });
  // @ts-expect-error of its status
  contract({ channels: { a: { events: { status: v.string() } } } });
  // @ts-expect-error of state
  contract({ channels: { a: { signals: { state: type('string') } } } });
  // @ts-expect-error and of who is there
  contract({ channels: { a: { signals: { presence: text } } } });
}
