/**
 * What the rooms of one hub share. Nothing here does anything.
 */
import type { Clock } from '../ground/clock.ts';
import type { Broker, Policy, Post } from '../ports/index.ts';
import type { Position } from '../wire/index.ts';
import type { RulesOf } from './channel/rules.ts';
import type { Ids } from './ids.ts';
import type { Notes } from './notes.ts';
import type { HubLimits } from './options.ts';
import type { Revoked } from './orders/revoked.ts';

export interface Inside {
  readonly broker: Broker;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly limits: Required<HubLimits>;
  readonly ids: Ids;
  readonly notes: Notes;
  readonly post: Post;
  readonly rulesOf: RulesOf;
  readonly revoked: Revoked;
  /** Up to where orders were carried out here. */
  ordersUpTo(): Position | undefined;
}
