/** A whole hub with an application, on a bed for tests, and clients of it. */
import type { App, Implementing } from '../../../src/hub/app/index.ts';
import { implement } from '../../../src/hub/app/index.ts';
import type { Hub, HubLimits } from '../../../src/hub/index.ts';
import type { Observer } from '../../../src/ports/index.ts';
import { type Testbed, testbed } from '../../../src/testbed/index.ts';
import { chat } from './chat.ts';
import { RawClient } from './raw-client.ts';

export type ChatApp = Implementing<typeof chat>;
export type ChatChannels = ChatApp['channels'];

const yes = (): true => true;

/** Everybody is who the token says, and may do everything. */
export const open: ChatApp = {
  authenticate: ({ token }) =>
    token === undefined ? undefined : { id: token, name: token.toUpperCase() },
  channels: {
    'chat/:room': {
      authorize: yes,
      calls: {
        send: async ({ text }, { publish, user, idempotencyKey }) => {
          await publish('message', { text, by: user.id });
          return { id: idempotencyKey };
        },
        size: () => 1,
      },
    },
    'price/:symbol': { authorize: yes },
    cursors: { authorize: yes },
  },
  authorize: yes,
  calls: { whoAmI: (_, { user }) => ({ name: user.name }) },
};

/** The open application, with other rules for a pattern. */
export function withRoom(room: Partial<ChatChannels['chat/:room']>): ChatApp {
  const { channels } = open;
  return {
    ...open,
    channels: { ...channels, 'chat/:room': { ...channels['chat/:room'], ...room } },
  };
}

export interface World {
  readonly bed: Testbed;
  readonly hub: Hub;
  readonly app: App<typeof chat>;
  readonly failures: unknown[];
  /** Codes of refusals, as the observer hears them. */
  readonly refusals: string[];
  come(token?: string, address?: string): Promise<RawClient>;
  ask(client: RawClient, message: Readonly<Record<string, unknown>>): Promise<string>;
  settle(): Promise<void>;
}

export async function startWorld(
  implementing: ChatApp = open,
  limits: HubLimits = {},
): Promise<World> {
  const bed = testbed();
  const failures: unknown[] = [];
  const refusals: string[] = [];
  const observer: Observer = {
    failed: (error) => failures.push(error),
    refused: (_, code) => refusals.push(code),
  };
  const app = implement(chat, implementing);
  const { hub } = await bed.serve({ app, observer, limits });
  const settle = (): Promise<void> => bed.advance(1);
  return {
    bed,
    hub,
    app,
    failures,
    refusals,
    settle,
    come: (token, address) => RawClient.come({ bed, hub }, token, address),
    ask: (client, message) => client.ask(message),
  };
}
