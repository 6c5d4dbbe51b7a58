/** A whole hub with an application, on a bed for tests, and clients that say what they like: what no typed client would. */
import type { Shared } from '../../../src/ground/shared.ts';
import type { App, Implementing } from '../../../src/hub/app/index.ts';
import { implement } from '../../../src/hub/app/index.ts';
import type { Hub, HubLimits } from '../../../src/hub/index.ts';
import type { Desk, Observer, Outlet } from '../../../src/ports/index.ts';
import { type Testbed, testbed } from '../../../src/testbed/index.ts';
import type { ClientMessage, Disconnect, ServerMessage } from '../../../src/wire/index.ts';
import { chat } from './chat.ts';

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

export class RawClient implements Outlet {
  readonly name = 'raw';
  readonly got: ServerMessage[] = [];
  readonly bufferedBytes = 0;
  readonly address: string;
  why: Disconnect | undefined;
  desk!: Desk;
  private lastId = 0;

  constructor(address: string) {
    this.address = address;
  }

  send(message: Shared<ServerMessage>): void {
    this.got.push(message.value);
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }

  close(why: Disconnect): void {
    this.why = why;
    this.desk.closed();
  }

  /** Gives the id of the request. */
  say(message: Readonly<Record<string, unknown>>): number {
    this.lastId += 1;
    this.desk.receive({ id: this.lastId, ...message } as unknown as ClientMessage);
    return this.lastId;
  }

  /** What it was told of this request. */
  answerTo(id: number): ServerMessage | undefined {
    return this.got.find((message) => 'id' in message && message.id === id);
  }
}

export interface World {
  readonly bed: Testbed;
  readonly hub: Hub;
  readonly app: App<typeof chat>;
  readonly failures: unknown[];
  /** Codes of refusals, as the observer hears them. */
  readonly refusals: string[];
  come(token?: string, address?: string): Promise<RawClient>;
  /** Says it, and gives what the client is told: `ok`, the code of a refusal, or the whole message. */
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
    come: async (token, address = '192.0.2.1') => {
      const client = new RawClient(address);
      client.desk = hub.open(client);
      const named = token === undefined ? {} : { token };
      client.say({ type: 'hello', version: 1, capabilities: [], ...named });
      await settle();
      return client;
    },
    ask: async (client, message) => {
      const id = client.say(message);
      await settle();
      const answer = client.answerTo(id);
      if (answer === undefined) {
        return 'nothing';
      }
      return answer.type === 'error' ? answer.code : 'ok';
    },
  };
}
