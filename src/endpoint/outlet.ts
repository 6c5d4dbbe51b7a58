/**
 * The way out of a websocket, as those see it who send through it.
 */
import type { PreparedMessage } from '../protocol/index.ts';
import type { Drive } from './drive.ts';

export type Sendable = string | Uint8Array | PreparedMessage;

export interface Outlet {
  readonly drive: Drive;
  readonly isOpen: boolean;
  /** Puts a message out. @param compress Where that was agreed, and is worth it. */
  sendNow(message: Sendable, compress: boolean): void;
  /** After something was put out. Gives false when much is waiting. */
  hasRoom(): boolean;
  countMessage(): void;
  /** What whoever waited is told when the websocket closes. */
  lost(): Error;
}
