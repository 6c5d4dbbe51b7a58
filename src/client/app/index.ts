/**
 * `tautline/client/app`: the client with the names and types of a contract, and what a user interface shows as observables.
 */
export type {
  AppChannel,
  EntriesPage,
  EntryOf,
  MessageOf,
  NameOf,
  Saying,
  SayOptions,
  TypedCallOptions,
} from './app-channel.ts';
export type { AppClient } from './app-client.ts';
export type {
  ChannelEvents,
  EntryMeta,
  KeyChange,
  PresenceChange,
  RosterMember,
  SignalMeta,
} from './app-events.ts';
export type { Invalid } from './checks.ts';
export type { Message } from './message-list.ts';
export type { Observable } from './observable.ts';
export { type Messages, type MessagesOptions, messagesDefaults } from './watch-messages.ts';
export { type RecentSignal, type SignalsOptions, signalsDefaults } from './watch-signals.ts';
export { type ContractOptions, withContract } from './with-contract.ts';
