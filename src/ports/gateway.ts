/**
 * One subprotocol, translated to what a session understands.
 */
import type { FrontDesk } from './desk.ts';
import type { Pipe, PipeListener } from './pipe.ts';

/** One subprotocol, translated to what a session understands. */
export interface Gateway {
  /** The WebSocket subprotocol by which clients ask for it. */
  readonly subprotocol: string;
  /** A client has come by this pipe. */
  open(pipe: Pipe, desk: FrontDesk): PipeListener;
}
