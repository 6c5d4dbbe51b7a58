/**
 * A chat, prices and a lobby: a contract, a hub and clients in one process, in virtual time.
 */
import { z } from 'zod';
import { type AppClient, withContract } from '../../../src/client/app/index.ts';
import { contract } from '../../../src/contract/index.ts';
import type { ChannelOptions, Methods } from '../../../src/hub/index.ts';
import type { Policy } from '../../../src/ports/index.ts';
import { type BedClientOptions, type TestbedOptions, testbed } from '../../../src/testbed/index.ts';

export const app = contract({
  channels: {
    'chat/:room': {
      events: { message: z.object({ text: z.string().max(20) }), rename: z.string() },
      signals: { typing: z.object({ at: z.number() }) },
      presence: z.object({ mood: z.string() }),
      calls: {
        count: { in: z.string(), out: z.number(), progress: z.string().transform(Number) },
      },
    },
    'price/:symbol': { state: z.number() },
    lobby: { signals: { hello: z.string().transform((text) => text.length) } },
  },
  calls: { add: { in: z.array(z.number()), out: z.number() } },
});
export type App = typeof app;

const allowAll: Policy = {
  connect: ({ token }) => token,
  subscribe: () => true,
  publish: () => true,
  signal: () => true,
  enter: () => true,
  roster: () => true,
  call: () => true,
};

const methods: Methods = {
  add: (data) => (data as number[]).reduce((sum, each) => sum + each, 0),
  count: async (data, { channel, progress }) => {
    await progress('1');
    await progress(2);
    return `${channel} ${String(data)}`.length;
  },
};

function rulesOf(name: string): ChannelOptions {
  if (name.startsWith('price/')) {
    return { kind: 'state' };
  }
  return { kind: name === 'lobby' ? 'signals' : 'log' };
}

interface BedOptions extends TestbedOptions {
  readonly policy?: Partial<Policy>;
}

/** One server, and clients of it that know the contract: by its types alone, or `checked` with all of it. */
export async function startBed({ policy, ...options }: BedOptions = {}) {
  const bed = testbed(options);
  /** Whoever asked to follow or read a channel, in order. */
  const asked: string[] = [];
  const server = await bed.serve({
    channels: rulesOf,
    methods,
    policy: {
      ...allowAll,
      ...policy,
      subscribe: (request) => {
        asked.push(`${request.user} ${request.channel}`);
        return policy?.subscribe?.(request) ?? true;
      },
    },
  });
  const clientOf = (user: string, given?: BedClientOptions) =>
    bed.client(user, { token: user, ...given });
  return {
    bed,
    asked,
    hub: server.hub,
    clientOf,
    rt: (user: string, given?: BedClientOptions): AppClient<App> =>
      withContract<App>(clientOf(user, given)),
    checkedRt: (user: string): AppClient<App, 'output'> =>
      withContract(clientOf(user), { contract: app }),
  };
}

/** The values of an observable after each change from now on. */
export function watch<Value>({
  get,
  subscribe,
}: {
  readonly get: () => Value;
  readonly subscribe: (run: () => void) => () => void;
}): { readonly told: Value[]; readonly stop: () => void } {
  const told: Value[] = [];
  const stop = subscribe(() => told.push(get()));
  return { told, stop };
}
