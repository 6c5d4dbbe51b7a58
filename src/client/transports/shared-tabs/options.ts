/**
 * What an application may choose of roads that its tabs share.
 * In: options. Out: those, and the platform's for the rest. Fails: `OPTION_INVALID` for a number that is not above zero, or a user of more than
 * 1,024 characters.
 */
import type { Clock } from '../../../ground/clock.ts';
import { webClock, webId } from '../../clock.ts';
import { ClientError } from '../../errors.ts';
import type { TabLocks } from './life.ts';
import type { MakeChannel, TabChannel } from './mail.ts';
import { platformPage, type TabPage } from './page.ts';

/** `SharedWorker`, as far as it is used. */
export interface TabWorker {
  readonly port: WorkerPort;
  addEventListener(type: 'error', run: () => void): void;
}

/** What is used of a SharedWorker's `MessagePort`. */
export interface WorkerPort extends TabChannel {
  start(): void;
}

/** Whose tabs share a road, who holds it, and when another does. */
export interface SharedTabsOptions {
  /**
   * Who is logged in, as far as this page knows: tabs of different users never share a road. Any text of at most 1,024 characters; where
   * cookies say who comes, let it change with each login.
   */
  readonly user: string;
  /**
   * A script that calls `serveTabs`, or how to make a SharedWorker of it: that holds the road. Where there is none, or it does not answer,
   * one of the tabs does. @default one of the tabs
   */
  readonly worker?: string | URL | (() => TabWorker);
  /** Time for the tab that holds the road to answer, in milliseconds; then another takes its place. @default 2_000 */
  readonly answerWithinMs?: number;
  /** A tab that is seen takes the place of one that is not, after so many milliseconds. @default 5_000 */
  readonly handOverAfterMs?: number;
  /** For so long a road that is moved stays as it was, for those who move, in milliseconds; and a place that nobody uses. @default 10_000 */
  readonly lingerMs?: number;
  /** Clients on one road; more have a road of their own. Not above the server's `maxStrands`. @default 64 */
  readonly maxTabs?: number;
  /** Characters, or bytes, on their way between two tabs; with more the slower one is let go. @default 8_388_608 */
  readonly maxWaiting?: number;
  /** Turned by hand in tests. @default the platform's */
  readonly clock?: Clock;
  /** At least 128 random bits, in letters and digits. @default the platform's */
  readonly randomId?: () => string;
  /** By which tabs agree. False: each tab has a road of its own. @default the platform's */
  readonly locks?: TabLocks | false;
  /** By which tabs talk. @default BroadcastChannel */
  readonly channel?: MakeChannel;
  /** Whether this tab is seen. @default the platform's */
  readonly page?: TabPage;
}

/** Used where `SharedTabsOptions` say nothing. */
export const sharedTabsDefaults: Required<
  Pick<
    SharedTabsOptions,
    'answerWithinMs' | 'handOverAfterMs' | 'lingerMs' | 'maxTabs' | 'maxWaiting'
  >
> = {
  answerWithinMs: 2_000,
  handOverAfterMs: 5_000,
  lingerMs: 10_000,
  maxTabs: 64,
  maxWaiting: 8_388_608,
};

type Numbers = typeof sharedTabsDefaults;

export interface TabsSettings extends Numbers {
  readonly user: string;
  readonly worker: SharedTabsOptions['worker'] | undefined;
  readonly clock: Clock;
  readonly randomId: () => string;
  readonly locks: TabLocks | undefined;
  readonly channel: MakeChannel;
  readonly page: TabPage;
}

export function settle(options: SharedTabsOptions): TabsSettings {
  const { user } = options;
  if (typeof user !== 'string' || user.length > 1_024) {
    throw new ClientError('OPTION_INVALID', 'user must be a text of at most 1,024 characters');
  }
  return {
    ...numbers(sharedTabsDefaults, options),
    user,
    worker: options.worker,
    clock: options.clock ?? webClock,
    randomId: options.randomId ?? webId,
    locks: options.locks === false ? undefined : (options.locks ?? platformLocks()),
    channel: options.channel ?? ((name) => new BroadcastChannel(name) as TabChannel),
    page: options.page ?? platformPage(),
  };
}

/** @throws {ClientError} `OPTION_INVALID` */
export function numbers<Of extends Readonly<Record<string, number>>>(
  defaults: Of,
  given: { readonly [Name in keyof Of]?: unknown },
): Of {
  const whole: Record<string, number> = { ...defaults };
  for (const name of Object.keys(defaults)) {
    const value = given[name] ?? defaults[name];
    if (typeof value !== 'number' || !(value > 0)) {
      throw new ClientError('OPTION_INVALID', `${name} must be a number above zero`);
    }
    whole[name] = value;
  }
  return whole as Of;
}

/** Undefined where there are none: pages that came by http: from another machine, and programs. */
export function platformLocks(): TabLocks | undefined {
  const { navigator, BroadcastChannel: channel } = globalThis as {
    navigator?: { locks?: TabLocks };
    BroadcastChannel?: unknown;
  };
  const isWeb = typeof location === 'object' && channel !== undefined;
  return isWeb ? navigator?.locks : undefined;
}
