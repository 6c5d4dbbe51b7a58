/**
 * `tautline/app`: what an application does with its contract, for its server.
 */

export type {
  AnsweredRequest,
  Application,
  ApplicationsHub,
  ApplicationsWords,
  ClientSession,
} from '../application.ts';
export type { AppChannel, SayingOptions } from './app-channel.ts';
export { AppError, type AppErrorCode } from './errors.ts';
export { type App, implement } from './implement.ts';
export type {
  Admission,
  Authenticated,
  Channel,
  ChannelContext,
  HandlerContext,
  Implementing,
} from './implementing.ts';
export {
  type CountedBy,
  type CountOptions,
  countDefaults,
  type QuotaOptions,
  quota,
  type RateLimitOptions,
  rateLimit,
  type SizeLimitOptions,
  sizeLimit,
} from './limits.ts';
export type { Admitted, Middleware, Passed, Passing } from './middleware.ts';
export type {
  Action,
  Answer,
  AppSession,
  Awaitable,
  CallRequest,
  ChannelRequest,
  SeenRequest,
} from './requests.ts';
