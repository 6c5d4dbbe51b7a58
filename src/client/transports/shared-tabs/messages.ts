/**
 * What the tabs of one user say to each other, or to the worker that holds their road.
 * In: whatever came. Out: a message, or nothing for what is none, or of another version of us: tabs may have been loaded on different days.
 */
import type { Why } from './trunk.ts';

export const tabsVersion = 1;

type Frame = string | Uint8Array;

interface Bodies {
  /** To all: who holds the road? */
  who: object;
  /** To all: I do. */
  carry: { readonly isVisible: boolean };
  /** To a worker, first: for whom. */
  join: { readonly url: string; readonly user: string };
  // To who holds the road. `road` is a number that the tab gives.
  open: { readonly road: number; readonly subprotocols: readonly string[] };
  send: { readonly road: number; readonly frame: Frame };
  took: { readonly road: number; readonly length: number };
  close: { readonly road: number } & Why;
  // To the tab.
  coming: { readonly road: number };
  full: { readonly road: number };
  opened: { readonly road: number };
  heard: { readonly road: number; readonly frame: Frame };
  better: { readonly road: number };
  taken: { readonly road: number; readonly length: number };
  closed: { readonly road: number } & Why;
}

export type TabMessageType = keyof Bodies;
export type TabMessage<Type extends TabMessageType = TabMessageType> = {
  [Each in Type]: {
    readonly v: typeof tabsVersion;
    /** The name of who says it. */
    readonly from: string;
    readonly type: Each;
  } & Bodies[Each];
}[Type];

export type ToCarrier = TabMessage<'open' | 'send' | 'took' | 'close'>;
export type ToTab = TabMessage<
  'coming' | 'full' | 'opened' | 'heard' | 'better' | 'taken' | 'closed'
>;

/** A way to one other. */
export interface Tube {
  /** Never throws. */
  post(message: TabMessage): void;
  close(): void;
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value);
const isFrame: Check = (value) => typeof value === 'string' || value instanceof Uint8Array;
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isFlag: Check = (value) => typeof value === 'boolean';

const road = { road: isNumber };
const frame = { road: isNumber, frame: isFrame };
const length = { road: isNumber, length: isNumber };
const why = { road: isNumber, code: isNumber, reason: isText };

const fields: Readonly<Record<TabMessageType, Readonly<Record<string, Check>>>> = {
  who: {},
  carry: { isVisible: isFlag },
  join: { url: isText, user: isText },
  open: { road: isNumber, subprotocols: isTexts },
  send: frame,
  took: length,
  close: why,
  coming: road,
  full: road,
  opened: road,
  heard: frame,
  better: road,
  taken: length,
  closed: why,
};

export function readTabMessage(data: unknown): TabMessage | undefined {
  if (typeof data !== 'object' || data === null) {
    return undefined;
  }
  const given = data as Readonly<Record<string, unknown>>;
  const { v, from, type } = given;
  if (
    v !== tabsVersion ||
    !isText(from) ||
    !isText(type) ||
    !Object.hasOwn(fields, type as string)
  ) {
    return undefined;
  }
  const checks = Object.entries(fields[type as TabMessageType]);
  return checks.every(([name, check]) => check(given[name])) ? (data as TabMessage) : undefined;
}
