/**
 * What the whole client uses: what was chosen, and the defaults for the rest.
 * Fails: `OPTION_INVALID` for a number that is not above zero.
 */
import type { ClientLimits, ClientOptions } from './client-options.ts';
import {
  type CoreSettings,
  chosen,
  coreDefaults,
  type OutboxSettings,
  outboxDefaults,
  settleCore,
  settleOutbox,
} from './core-options.ts';
import type { KeepOutbox } from './keeping.ts';
import type { ClientTransport } from './transports/transport.ts';

const stateDefaults: Required<Pick<ClientLimits, 'maxStateKeys'>> = { maxStateKeys: 10_000 };

/** The defaults of `ClientLimits`. */
export const clientDefaults: Required<ClientLimits> = {
  ...coreDefaults,
  ...stateDefaults,
  ...outboxDefaults,
};

export type { ClientLimits, ClientOptions } from './client-options.ts';

/** Everything chosen for the core and for the outbox. */
export interface Settings extends CoreSettings, OutboxSettings {}

export interface WholeSettings extends Settings {
  readonly keep: KeepOutbox | undefined;
  readonly maxStateKeys: number;
}

export function settle(options: ClientOptions, transport: ClientTransport): WholeSettings {
  return {
    ...settleCore(options, transport),
    ...settleOutbox(options),
    ...chosen(stateDefaults, options),
    keep: options.keep,
  };
}
