/**
 * `tautline/hub`: sessions and channels without I/O. Runs unchanged in browsers, Node, Bun, Deno and workers.
 */
export type { Application } from './application.ts';
export { AskError, type AskErrorCode, type AskOptions } from './calls/asks.ts';
export { type CallContext, CallError, type Method, type Methods } from './calls/methods.ts';
export { type CallLimits, callLimitDefaults } from './calls/options.ts';
export type { ChannelOptions, SlowRule } from './channel/rules.ts';
export { type DrainOptions, drainDefaults } from './crowd.ts';
export { createHub } from './hub.ts';
export type { RandomBytes } from './ids.ts';
export type { Hub, HubView, PublishOptions } from './interface.ts';
export {
  type AppHubOptions,
  type HubLimits,
  type HubOptions,
  hubLimitDefaults,
} from './options.ts';
export type { RevokeOptions, RevokeScope } from './orders/order.ts';
export { type PresenceLimits, presenceLimitDefaults } from './presence/options.ts';
export type { RightsScope } from './rights.ts';
export type { SayOptions } from './unicast/unicast.ts';
export { HubUsageError, type HubUsageErrorCode } from './usage-error.ts';
