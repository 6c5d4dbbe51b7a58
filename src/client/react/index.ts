/**
 * `tautline/react`: channels of a contract in components. Hooks take what `withContract` gives, and no provider.
 */
export { type Calling, useCall } from './use-call.ts';
export { type ChannelView, useChannel } from './use-channel.ts';
export { useObservable } from './use-observable.ts';
export { type PresenceOptions, type PresenceView, usePresence } from './use-presence.ts';
export { useSignal } from './use-signal.ts';
export { useStatus } from './use-status.ts';
