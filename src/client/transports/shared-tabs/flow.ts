/**
 * How much of what one sends another is not taken yet: a queue of messages between tabs has no other end.
 * In: lengths, in characters or bytes. Out: whether it is too much, and when to say what was taken. Cannot fail.
 */

/** What was taken is said when it is as much. */
export const tellAfter = 65_536;

export class Flow {
  private readonly most: number;
  private untaken = 0;
  private untold = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** False: the other takes nothing, or not fast enough. */
  send({ length }: { readonly length: number }): boolean {
    this.untaken += length;
    return this.untaken <= this.most;
  }

  taken(length: number): void {
    this.untaken = Math.max(0, this.untaken - Math.max(0, length));
  }

  /** Gives how much the other is to be told of now; 0: nothing. */
  take({ length }: { readonly length: number }): number {
    this.untold += length;
    if (this.untold < tellAfter) {
      return 0;
    }
    const told = this.untold;
    this.untold = 0;
    return told;
  }
}
