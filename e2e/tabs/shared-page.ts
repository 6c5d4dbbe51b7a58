/**
 * What runs in each tab of the tests of shared roads: a client that follows one channel.
 * In: the address of the page, which says who the user is and which way. Out: `shared`, for the test.
 */
import { createClient, type RoadListener, websocket } from '../../src/client/index.ts';
import { sharedTabs } from '../../src/client/transports/shared-tabs/index.ts';

export interface SharedTab {
  readonly heard: readonly unknown[];
  readonly statuses: readonly string[];
  /** Roads to the server that this tab itself holds. */
  readonly roads: number;
  publish(data: unknown): void;
  close(): void;
}

const asked = new URLSearchParams(location.search);
const user = asked.get('user')!;
const heard: unknown[] = [];
const statuses: string[] = [];
const roads = new Set<RoadListener>();

const plain = websocket();
const counting: typeof plain = {
  name: 'websocket',
  open(url, subprotocols, listener) {
    const road = plain.open(url, subprotocols, {
      ...listener,
      opened() {
        roads.add(listener);
        listener.opened();
      },
      closed(why) {
        roads.delete(listener);
        listener.closed(why);
      },
    });
    return {
      send: (frame) => road.send(frame),
      close(code, reason) {
        roads.delete(listener);
        road.close(code, reason);
      },
    };
  },
};

const client = createClient(`ws://${location.host}/live`, {
  token: user,
  backoff: { firstMs: 100, maxMs: 500 },
  pingAfterMs: 1_000,
  pongWithinMs: 1_000,
  transport: sharedTabs(counting, {
    user,
    answerWithinMs: 1_000,
    handOverAfterMs: 300,
    lingerMs: 2_000,
    ...(asked.has('worker') ? { worker: asked.get('worker')! } : {}),
  }),
});
client.on('status', ({ status }) => statuses.push(status));
const room = client.subscribe('room');
room.on('publication', ({ data }) => heard.push(data));
room.on('gap', ({ reason }) => heard.push(`gap: ${reason}`));
room.on('status', ({ status }) => statuses.push(`room ${status}`));

const shared: SharedTab = {
  heard,
  statuses,
  get roads() {
    return roads.size;
  },
  publish(data) {
    room.publish(data).catch((error: unknown) => heard.push(String(error)));
  },
  close: () => client.close(),
};
Object.assign(globalThis, { shared });
