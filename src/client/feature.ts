/**
 * What may stand beside the core of a client, and what the core gives it.
 */
import type { Emitter } from '../ground/emitter.ts';
import type { Welcome } from '../wire/index.ts';
import type { ClientEvents } from './client-events.ts';
import type { CoreSettings } from './core-options.ts';
import type { Line } from './place.ts';
import type { Business } from './session.ts';
import type { Window } from './window.ts';

/** It sees connections come and go, and what the server says. */
export interface Feature {
  /** There is a connection. */
  opened?(welcome: Welcome, line: Line): void;
  /** True: it was for this feature, and nobody else need look at it. */
  received?(message: Business, line: Line): boolean;
  /** The server may be asked one question more. */
  freed?(): void;
  /** The connection is gone; in a handover the next is there already, and `opened` comes right after this. */
  lost?(isHandover: boolean): void;
  /** For good; `lost` came before. */
  closed?(): void;
}

/** What a client is made of, for features: applications pass it on unseen. */
export interface Parts {
  readonly settings: CoreSettings;
  readonly events: Emitter<ClientEvents>;
  readonly window: Window;
  readonly nextId: () => number;
  /** Adds a feature; those that were added first are told first, and before the core is. */
  add(feature: Feature): void;
  /** Throws `CHANNEL_INVALID` and `CLIENT_CLOSED`. */
  checkOpen(channel?: string): void;
}
