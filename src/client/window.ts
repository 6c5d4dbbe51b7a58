/**
 * How many requests may await their answers at once: a server refuses more. All who ask by one window share it.
 * In: how many the server takes, who asks and who is answered. Out: whether one more may be sent. Cannot fail.
 */
export class Window {
  readonly #onFree: () => void;
  #size = 0;
  #taken = 0;

  /** @param onFree Called after each answer: others may be waiting. */
  constructor(onFree: () => void) {
    this.#onFree = onFree;
  }

  get isOpen(): boolean {
    return this.#taken < this.#size;
  }

  /** There is a connection. */
  open(size: number): void {
    this.#size = size;
    this.#taken = 0;
  }

  /** The connection is gone, and with it all that was asked by it. */
  close(): void {
    this.open(0);
  }

  take(): void {
    this.#taken += 1;
  }

  give(): void {
    this.#taken = Math.max(0, this.#taken - 1);
    this.#onFree();
  }
}
