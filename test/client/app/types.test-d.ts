/**
 * What a client with a contract lets compile, and what not. Checked by `tsc -b`: each line under `@ts-expect-error` must be an error, and each
 * `same` the same type to the letter.
 */
import type { AppClient } from '../../../src/client/app/index.ts';
import { withContract } from '../../../src/client/app/index.ts';
import type { Client, ClientError, PublishedAt } from '../../../src/client/index.ts';
import { type App, app } from './world.ts';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<Is extends true>(..._is: Is extends true ? [] : [never]): void;

declare const client: Client;
declare const rt: AppClient<App>;

export function whatIsMade(): void {
  same<Same<ReturnType<typeof withContract<App>>, AppClient<App, 'output'>>>();
  const byTypes: AppClient<App, 'input'> = withContract<App>(client);
  const later: AppClient<App, 'input'> = withContract<App>(() => client);
  const checked: AppClient<App, 'output'> = withContract(client, { contract: app });
  // @ts-expect-error a contract that is another one
  withContract<App>(client, { contract: {} });
  void [byTypes, later, checked];
}

export function channelsAndTheirParameters(): void {
  rt.channel('chat/:room', { room: '1' });
  rt.channel('lobby');
  rt.channel('lobby', {}, { since: 'x' });
  rt.channel('chat/:room', { room: '1' }, { since: 'x' });
  // @ts-expect-error no such pattern
  rt.channel('chat/:rooms', { room: '1' });
  // @ts-expect-error its parameter is missing
  rt.channel('chat/:room');
  // @ts-expect-error its parameter is missing
  rt.channel('chat/:room', {});
  // @ts-expect-error another parameter
  rt.channel('chat/:room', { symbol: '1' });
  // @ts-expect-error a number is no parameter
  rt.channel('chat/:room', { room: 1 });
}

export async function whatIsSaid(): Promise<void> {
  const room = rt.channel('chat/:room', { room: '1' });
  const prices = rt.channel('price/:symbol', { symbol: 'X' });
  const at: PublishedAt = await room.publish('message', { text: 'hi' }, { tag: 'x' });
  room.signal('typing', { at: 1 });
  await prices.set('bid', 1);
  await prices.remove('bid');
  await room.enter({ mood: 'well' });
  room.stay({ mood: 'well' }, (error) => same<Same<typeof error, ClientError>>());
  // @ts-expect-error no such event
  await room.publish('mesage', { text: 'hi' });
  // @ts-expect-error a signal is no event
  await room.publish('typing', { at: 1 });
  // @ts-expect-error the wrong data
  await room.publish('message', { txt: 'hi' });
  // @ts-expect-error the data of another event
  await room.publish('rename', { text: 'hi' });
  // @ts-expect-error data is missing
  await room.publish('message');
  // @ts-expect-error the event stands before the data
  await room.publish('message', { text: 'hi' }, { event: 'x' });
  // @ts-expect-error an event is no signal
  room.signal('message', { text: 'hi' });
  // @ts-expect-error no keyed state
  await room.set('bid', 1);
  // @ts-expect-error no keyed state
  await room.remove('bid');
  // @ts-expect-error the wrong value
  await prices.set('bid', '1');
  // @ts-expect-error no events
  await prices.publish('message', { text: 'hi' });
  // @ts-expect-error nothing is said of presence
  await prices.enter({ mood: 'well' });
  // The server may say it.
  await room.enter();
  room.stay();
  // @ts-expect-error nothing is said of presence
  await prices.enter();
  // @ts-expect-error nothing is said of presence
  prices.stay();
  // @ts-expect-error the wrong words
  await room.enter({ mod: 'well' });
  void at;
}

export async function whatIsCalled(): Promise<void> {
  const room = rt.channel('chat/:room', { room: '1' });
  const count = await room.call('count', 'x', { withinMs: 1 });
  const sum = await rt.call('add', [1]);
  same<Same<[typeof count, typeof sum], [number, number]>>();
  await room.call('count', 'x', {
    onProgress: (step, seq) => same<Same<[typeof step, typeof seq], [string, number]>>(),
  });
  const checked = withContract(client, { contract: app }).channel('chat/:room', { room: '1' });
  await checked.call('count', 'x', { onProgress: (step) => same<Same<typeof step, number>>() });
  // @ts-expect-error another progress
  await room.call('count', 'x', { onProgress: (step: number) => void step });
  // @ts-expect-error this method tells nothing on the way
  await rt.call('add', [1], { onProgress: () => undefined });
  same<Same<[typeof rt.user, typeof rt.session], [string | undefined, string | undefined]>>();
  // @ts-expect-error no such method
  await room.call('add', [1]);
  // @ts-expect-error a method of a channel
  await rt.call('count', 'x');
  // @ts-expect-error the wrong data
  await rt.call('add', 1);
  // @ts-expect-error which channel it is about is said by what it is called on
  await rt.call('add', [1], { channel: 'x' });
}

export function whatIsTold(): void {
  const room = rt.channel('chat/:room', { room: '1' });
  const prices = rt.channel('price/:symbol', { symbol: 'X' });
  room.on('message', (data, { by, atMs, position }) => {
    same<Same<typeof data, { text: string }>>();
    same<Same<[typeof by, typeof atMs, typeof position], [string | undefined, number, string]>>();
  });
  room.on('typing', (data, meta) => {
    same<Same<typeof data, { at: number }>>();
    // @ts-expect-error a signal stands nowhere
    void meta.position;
  });
  room.on('gap', ({ reason, from, to }) => void [reason, from, to]);
  room.on('status', ({ status }) => void status);
  room.on('presence', ({ kind, member }) => {
    same<Same<typeof member.data, { mood: string }>>();
    same<Same<typeof kind, 'joined' | 'updated' | 'left'>>();
  });
  prices.on('state', ({ value }) => same<Same<typeof value, number | undefined>>());
  // @ts-expect-error no such event
  room.on('mesage', () => undefined);
  // @ts-expect-error no keyed state
  room.on('state', () => undefined);
  // @ts-expect-error nothing is said of presence
  prices.on('presence', () => undefined);
  // @ts-expect-error other data
  room.on('message', (data: { text: number }) => void data);
  // @ts-expect-error no such event of the client
  rt.on('status', () => undefined);
}

export function whatIsShown(): void {
  const room = rt.channel('chat/:room', { room: '1' });
  for (const item of room.messages().get()) {
    if (item.event === 'message') {
      same<Same<typeof item.data, { text: string }>>();
    } else {
      same<Same<typeof item.event, 'rename'>>();
      same<Same<typeof item.data, string>>();
    }
  }
  const [member] = room.roster.get();
  same<Same<NonNullable<typeof member>['data'], { mood: string }>>();
  const [typing] = room.signals('typing').get();
  same<Same<NonNullable<typeof typing>['data'], { at: number }>>();
  const state = rt.channel('price/:symbol', { symbol: 'X' }).state.get();
  same<Same<typeof state, ReadonlyMap<string, number>>>();
  // @ts-expect-error no such signal
  room.signals('message');
}

/** Without the contract what is told is what was sent; with it, what the schemas make of that. */
export function theTwoSides(): void {
  rt.channel('lobby').on('hello', (data) => same<Same<typeof data, string>>());
  const checked = withContract(client, { contract: app }).channel('lobby');
  checked.on('hello', (data) => same<Same<typeof data, number>>());
  checked.signal('hello', 'text');
  // @ts-expect-error what is sent is what goes into the schema
  checked.signal('hello', 4);
}

/** Without a contract there is nothing to say. */
export function untyped(): void {
  const none = withContract(client).channel('anything');
  // @ts-expect-error no event is known
  void none.publish('message', 'hi');
  // @ts-expect-error no signal is known
  none.signal('typing', 1);
}
