/**
 * `tautline/hub`: sessions and channels without I/O. Runs unchanged in browsers, Node, Bun, Deno and workers.
 */
export type { ChannelOptions, SlowRule } from './channel/rules.ts';
export {
  createHub,
  type DrainOptions,
  drainDefaults,
  type Hub,
  type HubView,
  type PublishOptions,
} from './hub.ts';
export type { RandomBytes } from './ids.ts';
export { type HubLimits, type HubOptions, hubLimitDefaults } from './options.ts';
export { HubUsageError, type HubUsageErrorCode } from './usage-error.ts';
