/**
 * One client's road, as a session sees it, whatever the transport.
 */
import type { Shared } from '../ground/shared.ts';
import type { Disconnect } from '../wire/index.ts';
import type { Handshake } from './policy.ts';

/** What travels in one message of a transport. */
export type Payload = string | Uint8Array;

/** Transports build pipes; gateways speak over them. */
export interface Pipe {
  /** Such as `websocket`: for logs and metrics. */
  readonly name: string;
  /** The peer's address where the transport knows one. */
  readonly address: string | undefined;
  /** The request by which the client came; undefined where there was none, or the transport does not know it. */
  readonly handshake?: Handshake | undefined;
  /** Accepted by `send`, still in this process. */
  readonly bufferedBytes: number;
  /** Never throws; a pipe that cannot carry on ends itself. */
  send(payload: Shared<Payload>): void;
  /** Resolves when `bufferedBytes` is low again, or when the pipe has closed. */
  drained(): Promise<void>;
  /** Sends what is owed, then ends. */
  close(why: Disconnect): void;
}

/** What a pipe tells. `closed` comes exactly once, and nothing after it. */
export interface PipeListener {
  received(payload: Payload): void;
  closed(): void;
}
