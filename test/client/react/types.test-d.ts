/**
 * What the hooks let compile, and what not. Checked by `tsc -b`.
 */
import type { AppClient } from '../../../src/client/app/index.ts';
import type { StatusChange, SubscriptionChange } from '../../../src/client/index.ts';
import {
  useCall,
  useChannel,
  useObservable,
  usePresence,
  useSignal,
  useStatus,
} from '../../../src/client/react/index.ts';
import type { App } from '../app/world.ts';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<Is extends true>(..._is: Is extends true ? [] : [never]): void;
declare const rt: AppClient<App>;

export function Component(): void {
  const room = rt.channel('chat/:room', { room: '1' });
  const { messages, channel, state } = useChannel(room, { limit: 10 });
  for (const message of messages) {
    if (message.event === 'message') {
      same<Same<typeof message.data, { text: string }>>();
    }
  }
  void channel.publish('message', { text: 'hi' });
  // @ts-expect-error no such event
  void channel.publish('mesage', { text: 'hi' });
  same<Same<typeof state, ReadonlyMap<string, never>>>();

  const prices = useChannel(rt.channel('price/:symbol', { symbol: 'X' }));
  same<Same<typeof prices.state, ReadonlyMap<string, number>>>();
  same<Same<typeof prices.messages, readonly never[]>>();

  const { members } = usePresence(room, { say: { mood: 'well' } });
  same<Same<(typeof members)[number]['data'], { mood: string }>>();
  usePresence(room, { enter: true });
  // @ts-expect-error the wrong words
  usePresence(room, { say: { mod: 'well' } });

  const [typing] = useSignal(room, 'typing');
  same<Same<NonNullable<typeof typing>['data'], { at: number }>>();
  // @ts-expect-error no such signal
  useSignal(room, 'message');

  const { call, data } = useCall(room, 'count');
  same<Same<typeof data, number | undefined>>();
  void call('x');
  // @ts-expect-error the wrong data
  void call(1);
  void call('x', { onProgress: (step) => same<Same<typeof step, string>>() });
  // @ts-expect-error another progress
  void call('x', { onProgress: (step: number) => void step });
  const add = useCall(rt, 'add');
  // @ts-expect-error this method tells nothing on the way
  void add.call([1, 2], { onProgress: () => undefined });
  void add.call([1, 2]);
  // @ts-expect-error no such method of the client
  useCall(rt, 'count');
  // @ts-expect-error no such method of the channel
  useCall(room, 'add');

  same<Same<ReturnType<typeof useStatus<StatusChange>>, StatusChange>>();
  const ofClient = useStatus(rt);
  const ofChannel = useStatus(room);
  same<Same<[typeof ofClient, typeof ofChannel], [StatusChange, SubscriptionChange]>>();
  const roster = useObservable(room.roster);
  same<Same<typeof roster, typeof members>>();
}
