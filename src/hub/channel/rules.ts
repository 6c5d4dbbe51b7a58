/**
 * What a channel is for, and what becomes of those who read it too slowly: as the application says, name by name.
 * In: the name of a channel. Out: its rules. Fails: throws what the application's function throws, or HubUsageError for an answer that
 * is none.
 */
import type { Retain } from '../../ports/index.ts';
import { type ChannelKind, reservedMark, rosterMark } from '../../wire/index.ts';
import { HubUsageError } from '../usage-error.ts';

/**
 * What becomes of a subscriber for whom too much waits. `spill`: it gets nothing until there is room, then what it missed, from the
 * log. `latest`: the same, but of each key only the newest. `drop`: what comes meanwhile is left out, and a logged channel says so with
 * a gap. `disconnect`: it is sent away with TOO_SLOW, and comes back with its positions.
 */
export type SlowRule = 'spill' | 'latest' | 'drop' | 'disconnect';

/** The first of each kind is its default. */
export type ChannelOptions =
  | {
      readonly kind?: 'log';
      readonly slow?: 'spill' | 'drop' | 'disconnect';
      /** How much of its log is kept; who was away for longer meets `gap: trimmed`. @default as much as the broker keeps */
      readonly retain?: Retain;
    }
  | {
      readonly kind: 'state';
      readonly slow?: 'latest' | 'disconnect';
      /** The same. Values are kept all the same. */
      readonly retain?: Retain;
    }
  | { readonly kind: 'signals'; readonly slow?: 'drop' | 'disconnect' };

export interface Rules {
  readonly kind: ChannelKind;
  readonly slow: SlowRule;
  readonly retain?: Retain;
}

export type RulesOf = (channel: string) => Rules;

const slowRules: Readonly<Record<ChannelKind, readonly [SlowRule, ...SlowRule[]]>> = {
  log: ['spill', 'drop', 'disconnect'],
  state: ['latest', 'disconnect'],
  signals: ['drop', 'disconnect'],
};

/** The hub's own channels have their rules, whatever the application says. */
export function rulesFrom(channels: (name: string) => ChannelOptions | undefined): RulesOf {
  return (name) => {
    if (name.startsWith(rosterMark)) {
      return { kind: 'state', slow: 'latest' };
    }
    return name.startsWith(reservedMark) ? { kind: 'log', slow: 'spill' } : checked(channels(name));
  };
}

function checked(options: ChannelOptions = {}): Rules {
  const { kind = 'log' } = options;
  const possible = Object.hasOwn(slowRules, kind) ? slowRules[kind] : undefined;
  const slow = options.slow ?? possible?.[0];
  if (slow === undefined || !possible?.includes(slow)) {
    throw new HubUsageError('CHANNEL_OPTIONS_INVALID', `no channel is ${kind} and ${options.slow}`);
  }
  const retain = 'retain' in options ? options.retain : undefined;
  return retain === undefined ? { kind, slow } : { kind, slow, retain: keeping(kind, retain) };
}

function keeping(kind: ChannelKind, retain: Retain): Retain {
  const { entries = 1, ageMs = 1 } = retain;
  const isWhole = Number.isInteger(entries) || entries === Number.POSITIVE_INFINITY;
  if (kind === 'signals' || !(isWhole && entries >= 1 && ageMs > 0)) {
    const message = `${kind}: retain is for logs and states, and above 0; entries are whole`;
    throw new HubUsageError('CHANNEL_OPTIONS_INVALID', message);
  }
  return retain;
}
