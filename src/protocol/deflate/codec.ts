/**
 * DEFLATE as a port: the platform compresses, we keep the windows (RFC 7692 §7.2).
 * In: payloads and the plain bytes before them. Out: payloads. No handle lives longer than a call, so an idle connection costs
 * nothing, and takeover costs a window of bytes.
 */
import type { AgreedDeflate } from './negotiate.ts';

/** How hard to try: as in zlib. */
export interface DeflateSettings {
  /** 8 to 15. No reference reaches further back than 2 to this power. */
  readonly windowBits: number;
  /** 0 to 9. */
  readonly level: number;
  /** 1 to 9. */
  readonly memoryLevel: number;
}

/**
 * What came of inflating: bytes that nobody else holds, or why there are none. `tooBig`: more than was allowed. `tooMany`: more streams
 * than one message may have. `corrupt`: not DEFLATE, or cut short. `failed`: the platform's own trouble.
 */
export type Inflated = Uint8Array | 'tooBig' | 'tooMany' | 'corrupt' | 'failed';

/** Takes back what has not begun; afterwards there may still be an answer, but need not. */
export type Cancel = () => void;

/** DEFLATE as a connection needs it (RFC 7692 §7.2), at once and elsewhere; section numbers are of that RFC. */
export interface DeflateCodec {
  /**
   * The payload of a compressed message (§7.2.1): ends in an empty block, of which the last four bytes are left off.
   * Undefined when the platform cannot: then the message goes out as it is.
   * @param before Plain bytes to which the message may refer, or undefined.
   */
  deflate(
    payload: Uint8Array,
    settings: DeflateSettings,
    before: Uint8Array | undefined,
  ): Uint8Array | undefined;
  /** The message in a payload (§7.2.2). Stops as soon as it has more than `maxBytes`. */
  inflate(payload: Uint8Array, maxBytes: number, before: Uint8Array | undefined): Inflated;
  /** The same elsewhere. Nobody changes the bytes before the answer, which comes outside of any call. */
  deflateLater(
    payload: Uint8Array,
    settings: DeflateSettings,
    before: Uint8Array | undefined,
    answer: (deflated: Uint8Array | undefined) => void,
  ): Cancel;
  /** The same elsewhere, as `deflateLater`. */
  inflateLater(
    payload: Uint8Array,
    maxBytes: number,
    before: Uint8Array | undefined,
    answer: (inflated: Inflated) => void,
  ): Cancel;
}

/** How a connection uses what is agreed. */
export interface DeflateTuning {
  /** Messages below this size are sent as they are, in bytes. */
  readonly thresholdBytes: number;
  /** From this size on the work is done elsewhere, in bytes of what is to be worked on. */
  readonly offloadBytes: number;
  /** Most bytes that a byte of compressed message may become, above 64 KiB. */
  readonly maxRatio: number;
  readonly level: number;
  readonly memoryLevel: number;
}

/** Everything that a connection needs to compress. */
export interface Compression {
  readonly agreed: AgreedDeflate;
  readonly tuning: DeflateTuning;
  readonly codec: DeflateCodec;
  /** A message is inflated elsewhere: let the peer wait. The end of it is a `turn`. */
  wait(): void;
  /** Runs what a late answer causes. */
  turn(work: (nowMs: number) => void): void;
}
