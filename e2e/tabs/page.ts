/**
 * What runs in each tab of these tests: a client that keeps its outbox, its session and where it stands.
 * In: the address of the page, which says where the server is and who the user is. Out: `tab`, for the test.
 */
import { type Client, createClient, websocket } from '../../src/client/index.ts';
import { followKept, indexedDb, keepIn, tabStorage } from '../../src/client/storage/index.ts';
import type { ClientMessage, ServerMessage } from '../../src/wire/index.ts';

export interface Tab {
  readonly client: Client;
  /** What the client sent and was told, oldest first. */
  readonly sent: readonly ClientMessage[];
  readonly heard: readonly ServerMessage[];
  /** What became of publications, and of the client. */
  readonly told: readonly string[];
  /** What was followed in `room`, with a position of this tab's own. */
  readonly followed: readonly unknown[];
  publish(from: number, to: number): void;
  follow(): Promise<void>;
}

const asked = new URLSearchParams(location.search);
const sent: ClientMessage[] = [];
const heard: ServerMessage[] = [];
const told: string[] = [];
const followed: unknown[] = [];

const plain = websocket();
const client = createClient(asked.get('server')!, {
  token: asked.get('user')!,
  keep: keepIn(indexedDb()),
  backoff: { firstMs: 100, maxMs: 500 },
  transport: {
    name: 'websocket',
    open(url, subprotocols, listener) {
      const road = plain.open(url, subprotocols, {
        ...listener,
        received(frame) {
          note(heard, frame);
          listener.received(frame);
        },
      });
      return {
        send(frame) {
          note(sent, frame);
          road.send(frame);
        },
        close: (code, reason) => road.close(code, reason),
      };
    },
  },
});
client.on('status', ({ status, error }) => told.push(`${status} ${error?.code ?? ''}`.trim()));
client.on('storageFailed', ({ message }) => told.push(`storageFailed ${message}`));
client.outbox.on('status', ({ data, status }) => told.push(`${String(data)} ${status}`));

const tab: Tab = {
  client,
  sent,
  heard,
  told,
  followed,
  publish(from, to) {
    for (let n = from; n <= to; n += 1) {
      client.publish('room', `${document.title} ${n}`).catch(() => undefined);
    }
  },
  async follow() {
    await followKept(client, 'room', {
      storage: tabStorage(),
      onPublication: ({ data }) => followed.push(data),
      onGap: ({ reason }) => followed.push(reason),
    });
  },
};
Object.assign(globalThis, { tab });

/** One message, or several in one frame. */
function note(notes: unknown[], frame: string | Uint8Array): void {
  const read = JSON.parse(String(frame)) as unknown;
  notes.push(...(Array.isArray(read) ? read : [read]));
}
