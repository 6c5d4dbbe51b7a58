/**
 * Memory for messages that come in pieces, as a port: an endpoint uses the same buffers again and again.
 * Without it each message has memory of its own, which is handed on with it.
 */
export interface MessageMemory {
  /** Whether messages of this kind are told with memory that is lent: good during the call only, and given back after it. */
  lends(text: boolean): boolean;
  /** A buffer of `least` bytes at the least, better of `wanted`, if there is one. What is in it does not matter. */
  take(least: number, wanted: number): Uint8Array | undefined;
  /** A new buffer of exactly as many bytes. What is in it does not matter: whoever asks fills it. */
  make(bytes: number): Uint8Array;
  /** Nobody has a use for the buffer any more. */
  give(buffer: Uint8Array): void;
}
