/**
 * One message, from a source to a websocket, piece by piece (RFC 6455 §5.4).
 * In: chunks of any size. Out: fragments; the source is asked for more when the peer has room. Fails: with what the source throws,
 * with `PAYLOAD_INVALID` for what is no chunk, with `WEBSOCKET_CLOSED` when the websocket closes first.
 */
import type { Outlet } from './outlet.ts';
import { toBytes } from './payload.ts';
import type { Chunk } from './streaming.ts';
import { TextPieces } from './text-pieces.ts';

/** Larger chunks leave in several fragments, so that pings get between them and little waits at a time. */
const fragmentBytes = 65_536;
/** A source that always has more, to a peer that always has room, would leave nobody else a turn: in bytes. */
const turnBytes = 262_144;
/** What a small fragment costs besides what it carries. */
const chargeBytes = 64;

export class Pouring {
  private readonly chunks: AsyncIterable<Chunk> | Iterable<Chunk>;
  private iterator: AsyncIterator<Chunk> | Iterator<Chunk> | undefined;
  private readonly outlet: Outlet;
  private readonly room: () => Promise<void>;
  private readonly encoder: TextPieces = new TextPieces();
  private text: boolean | undefined;
  private hasBegun = false;
  private thisTurn = 0;
  private interrupt: ((error: Error) => void) | undefined;

  /** @param room Resolves when the peer has room, or will have none. */
  constructor(
    chunks: AsyncIterable<Chunk> | Iterable<Chunk>,
    text: boolean | undefined,
    outlet: Outlet,
    room: () => Promise<void>,
  ) {
    this.chunks = chunks;
    this.text = text;
    this.outlet = outlet;
    this.room = room;
  }

  async run(): Promise<void> {
    const { chunks } = this;
    try {
      this.iterator =
        Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
      for (let step = await this.next(); !step.done; step = await this.next()) {
        await this.put(step.value);
      }
      await this.putBytes(this.encoder.end());
      this.mustBeOpen();
      this.fragment(nothing, true);
      this.outlet.hasRoom();
      this.outlet.countMessage();
    } catch (error) {
      this.breakOff();
      throw error;
    }
  }

  /** The websocket closes. */
  stop(): void {
    this.interrupt?.(this.outlet.lost());
  }

  private async next(): Promise<IteratorResult<Chunk>> {
    this.mustBeOpen();
    const step = await new Promise<IteratorResult<Chunk>>((resolve, reject) => {
      this.interrupt = reject;
      Promise.resolve(this.iterator!.next()).then(resolve, reject);
    });
    this.interrupt = undefined;
    return step;
  }

  private async put(chunk: Chunk): Promise<void> {
    this.text ??= typeof chunk === 'string';
    if (typeof chunk === 'string') {
      await this.putBytes(this.encoder.encode(chunk));
    } else {
      const bytes = toBytes(chunk);
      await this.putBytes(this.encoder.end());
      await this.putBytes(bytes);
    }
  }

  private async putBytes(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += fragmentBytes) {
      this.mustBeOpen();
      // A copy: what the source gave may change as soon as it is asked for more.
      const payload = Buffer.from(bytes.subarray(at, at + fragmentBytes));
      this.fragment(payload, false);
      await this.room();
      this.thisTurn += payload.length + chargeBytes;
      if (this.thisTurn >= turnBytes) {
        this.thisTurn = 0;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  private fragment(payload: Uint8Array, last: boolean): void {
    const text = this.text ?? false;
    this.outlet.drive.connection.sendFragment(payload, { first: !this.hasBegun, last, text });
    this.hasBegun = true;
  }

  private mustBeOpen(): void {
    if (!this.outlet.isOpen) {
      throw this.outlet.lost();
    }
  }

  /** A message that has begun can neither be ended nor taken back. */
  private breakOff(): void {
    const { drive, isOpen } = this.outlet;
    if (this.hasBegun && isOpen) {
      drive.connection.close(1011, 'a message broke off', drive.nowMs);
      drive.settle();
    }
    // Whatever it says to that: it was told, and nobody waits for it.
    void Promise.resolve()
      .then(() => this.iterator?.return?.())
      .catch(() => {});
  }
}

const nothing: Uint8Array = new Uint8Array(0);
