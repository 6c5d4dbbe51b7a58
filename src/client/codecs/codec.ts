/**
 * What a way to write messages must look like to the client.
 */
import type { ClientMessage, ParsedFrame, ServerMessage } from '../../wire/index.ts';

/** How messages are written and read: JSON, or bytes. */
export interface ClientCodec {
  /** Under which the server knows it. */
  readonly subprotocol: string;
  write(message: ClientMessage): string | Uint8Array;
  /** All messages of one frame. Never throws: what is no frame is a problem. */
  read(frame: string | Uint8Array): ParsedFrame<ServerMessage>;
}
