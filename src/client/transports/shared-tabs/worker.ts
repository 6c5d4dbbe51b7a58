/**
 * `tautline/client/shared-worker`: what a SharedWorker runs so that it holds the road of all tabs, for each user and server one.
 * In: a transport. Out: nothing; tabs come by themselves. Fails: tabs that it has no room for, or cannot watch, are not answered, and find
 * another way.
 */
import { webId } from '../../clock.ts';
import type { ClientTransport } from '../transport.ts';
import { Carrier } from './carrier.ts';
import { live, type TabLocks, watch } from './life.ts';
import { post } from './mail.ts';
import { readTabMessage, type TabMessage } from './messages.ts';
import { numbers, platformLocks, sharedTabsDefaults, type WorkerPort } from './options.ts';
import { Trunks } from './trunks.ts';

export type { TabLocks } from './life.ts';
export type { TabChannel } from './mail.ts';
export type { WorkerPort } from './options.ts';

/** The worker's own global object, as far as it is used. */
export interface WorkerScope {
  addEventListener(
    type: 'connect',
    run: (event: { readonly ports: readonly WorkerPort[] }) => void,
  ): void;
}

/** How much a worker carries. */
export interface ServeTabsOptions {
  /** Clients on one road; more have a road of their own. Not above the server's `maxStrands`. @default 64 */
  readonly maxTabs?: number;
  /** Characters, or bytes, on their way between a tab and the worker; with more the slower one is let go. @default 8_388_608 */
  readonly maxWaiting?: number;
  /** Roads, each of one user at one server. Tabs of others find another way. @default 16 */
  readonly maxRoads?: number;
  /** By which worker and tabs know of each other's end. @default the platform's */
  readonly locks?: TabLocks;
  /** At least 128 random bits, in letters and digits. @default the platform's */
  readonly randomId?: () => string;
  /** @default the worker's own */
  readonly scope?: WorkerScope;
}
/** Used where `ServeTabsOptions` say nothing. */
export const serveTabsDefaults: Required<
  Pick<ServeTabsOptions, 'maxTabs' | 'maxWaiting' | 'maxRoads'>
> = {
  maxTabs: sharedTabsDefaults.maxTabs,
  maxWaiting: sharedTabsDefaults.maxWaiting,
  maxRoads: 16,
};

/**
 * For the script of a SharedWorker: holds the roads of the tabs that come to it, made by `inner`.
 * @throws {ClientError} `OPTION_INVALID` for a number that is not above zero.
 */
export function serveTabs(inner: ClientTransport, options: ServeTabsOptions = {}): void {
  const { scope = globalThis as unknown as WorkerScope, randomId = webId } = options;
  const limits = numbers(serveTabsDefaults, options);
  const locks = options.locks ?? platformLocks();
  if (locks === undefined) {
    return;
  }
  const id = randomId();
  // Before a tab hears of the worker: it waits for its lock.
  const ready = live(locks, id);
  ready.catch(() => undefined);
  const carriers = new Map<string, Carrier>();
  const ports = new Map<string, WorkerPort>();

  const carrierOf = (key: string, url: string): Carrier => {
    const carrier = new Carrier(id, new Trunks(inner, url), limits, {
      tubeTo: (tab) => ({
        post: (message) => {
          const port = ports.get(tab);
          if (port !== undefined) {
            post(port, message);
          }
        },
        close: () => undefined,
      }),
      watch: (tab, gone) => watch(locks, tab, gone),
      empty: () => carriers.delete(key),
    });
    carriers.set(key, carrier);
    return carrier;
  };

  const received = (port: WorkerPort, joined: TabMessage<'join'>, message: TabMessage): void => {
    const key = JSON.stringify([joined.url, joined.user]);
    const found = carriers.get(key);
    if (message.from !== joined.from || !isForCarrier(message)) {
      return;
    }
    if (found === undefined && (message.type !== 'open' || carriers.size >= limits.maxRoads)) {
      return;
    }
    ports.set(joined.from, port);
    (found ?? carrierOf(key, joined.url)).received(message);
  };

  scope.addEventListener('connect', ({ ports: [port] }) => {
    let joined: TabMessage<'join'> | undefined;
    port!.addEventListener('message', ({ data }) => {
      void ready.then(
        () => {
          const message = readTabMessage(data);
          if (message?.type === 'join' && joined === undefined) {
            joined = message;
            watch(locks, message.from, () => {
              ports.delete(message.from);
              port!.close();
            });
          } else if (message !== undefined && joined !== undefined) {
            received(port!, joined, message);
          }
        },
        () => undefined,
      );
    });
    port!.start();
  });
}

function isForCarrier(
  message: TabMessage,
): message is TabMessage<'open' | 'send' | 'took' | 'close'> {
  return /^(?:open|send|took|close)$/.test(message.type);
}
