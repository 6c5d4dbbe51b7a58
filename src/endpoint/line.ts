/**
 * What a drive and its outbox need of whatever carries their bytes: less than a socket of Node has.
 * In: writes, one at a time. Out: calls on one owner. Fails never: a line that breaks is `destroyed`, and says `ended`.
 */

/** Told what happens on a line. */
export interface LineOwner {
  /** Bytes came. They may be changed, and are good during the call only, unless they are `isGiven`: then the owner may keep them. */
  turn(chunk: Uint8Array, isGiven?: boolean): void;
  /** The peer ended its side. */
  halfEnded(): void;
  /** The line is gone, by whomever. */
  ended(): void;
  /** All that was written has been taken by the system. Need not be told of what was taken at once. */
  written(): void;
}

export interface Line {
  /** Set once, before anything is written. */
  owner: LineOwner | undefined;
  /** It is gone, or about to be. */
  readonly destroyed: boolean;
  /** The peer had ended its side before `start`: that is not told again. */
  readonly hasEnded: boolean;
  /** Bytes that the system has not taken yet. */
  readonly writableLength: number;
  /** A chunk that was written is not looked at any more once `writableLength` is 0. */
  readonly isDoneWhenEmpty: boolean;
  /** From here on the owner is told what comes; bytes only after `resume`. */
  start(): void;
  /** Only while `writableLength` is 0. */
  write(chunk: Uint8Array): void;
  /** Ends our side when all has left; the line is gone when the peer has ended its side too. */
  end(): void;
  /** Ends both sides at once. What was written may be lost. */
  destroy(): void;
  pause(): void;
  resume(): void;
}
