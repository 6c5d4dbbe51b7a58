/**
 * `tautline/client/shared-tabs`: all tabs of one user at one server share a road. One of them holds it, or a SharedWorker does; each tab has
 * its own session on it, as if the road were its own.
 * In: a transport. Out: a transport. Fails: as the one that was given does; where tabs cannot agree, each has a road of its own.
 */
import type { ClientTransport } from '../transport.ts';
import { Circle } from './circle.ts';
import { type SharedTabsOptions, settle, type TabsSettings } from './options.ts';
import { Seeker } from './seeker.ts';
import { WorkerWay } from './worker-way.ts';

export type { TabLocks } from './life.ts';
export type { MakeChannel, TabChannel } from './mail.ts';
export {
  type SharedTabsOptions,
  sharedTabsDefaults,
  type TabWorker,
  type WorkerPort,
} from './options.ts';
export type { TabPage } from './page.ts';

/**
 * One for each client: a second one on the same transport would look like the first, moving.
 * @throws {ClientError} `OPTION_INVALID` for a number that is not above zero, or a user of more than 1,024 characters.
 */
export function sharedTabs(inner: ClientTransport, options: SharedTabsOptions): ClientTransport {
  const settings = settle(options);
  const ways = new Map<string, Ways>();
  return {
    name: 'shared-tabs',
    open(url, subprotocols, listener) {
      if (settings.locks === undefined) {
        return inner.open(url, subprotocols, listener);
      }
      const found = ways.get(url) ?? new Ways(inner, url, { ...settings, locks: settings.locks });
      ways.set(url, found);
      const seeker: Seeker = new Seeker(subprotocols, listener, (one) => found.remove(one));
      found.add(seeker);
      return seeker;
    },
  };
}

type Locked = TabsSettings & { readonly locks: NonNullable<TabsSettings['locks']> };

/** By the worker where there is one, and by the tabs where there is none. */
class Ways {
  private readonly inner: ClientTransport;
  private readonly url: string;
  private readonly settings: Locked;
  private readonly at = new Map<Seeker, Circle | WorkerWay>();
  private worker: WorkerWay | undefined;
  private circle: Circle | undefined;

  constructor(inner: ClientTransport, url: string, settings: Locked) {
    this.inner = inner;
    this.url = url;
    this.settings = settings;
    const { worker } = settings;
    if (worker !== undefined) {
      this.worker = new WorkerWay({
        ...settings,
        worker,
        url,
        failed: (seekers) => {
          this.worker = undefined;
          for (const seeker of seekers) {
            this.add(seeker);
          }
        },
        full: (seeker) => {
          seeker.take('own', (listener) => inner.open(url, seeker.subprotocols, listener));
        },
      });
    }
  }

  add(seeker: Seeker): void {
    const way = this.worker ?? this.theCircle();
    this.at.set(seeker, way);
    way.add(seeker);
  }

  remove(seeker: Seeker): void {
    const way = this.at.get(seeker);
    this.at.delete(seeker);
    way?.remove(seeker);
  }

  private theCircle(): Circle {
    const { inner, url, settings } = this;
    this.circle ??= new Circle({
      ...settings,
      inner,
      url,
      left: () => {
        this.circle = undefined;
      },
    });
    return this.circle;
  }
}
