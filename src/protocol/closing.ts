/**
 * The closing handshake as a table (RFC 6455 §7.1).
 * In: where a connection is, and what happens. Out: where it is then. An absent cell is a step that cannot happen.
 * Neither table nor file knows whether we are client or server.
 */

/** How far the closing of a connection is; `open` is the beginning, `gone` the end. */
export type Phase = 'open' | 'closeSent' | 'closeDone' | 'failing' | 'gone';
/** What moves it on: our Close frame, the peer's, a fault, the end of the transport. */
export type Step = 'sendClose' | 'receiveClose' | 'fail' | 'end';

/** What each step leads to in each phase. An absent cell is a step that cannot happen (RFC 6455 §7.1). */
export const closing: Readonly<Record<Phase, Partial<Readonly<Record<Step, Phase>>>>> = {
  open: { sendClose: 'closeSent', receiveClose: 'closeDone', fail: 'failing', end: 'gone' },
  closeSent: { receiveClose: 'closeDone', fail: 'failing', end: 'gone' },
  closeDone: { end: 'gone' },
  failing: { end: 'gone' },
  gone: {},
};

/** How a connection ended, told once. */
export interface Closing {
  /** As the peer sent it; 1005 when its Close frame had none; 1006 when there was no Close frame (§7.1.5). */
  readonly code: number;
  /** As the peer sent it, at most 123 bytes of UTF-8; empty when it gave none. */
  readonly reason: string;
  /** Both Close frames went over, so nothing sent before them was lost on the way (§7.1.4). */
  readonly clean: boolean;
  /** What the peer did wrong or failed to do, if that is why. Then `code` is the one that we sent. */
  readonly fault: Fault | undefined;
}

/** One row of `faults`. */
export interface Fault {
  readonly name: string;
  /** The close code that answers it (§7.4.1). 1006: no frame is sent, nobody would read it. */
  readonly closeCode: number;
  /** The rule that was broken, such as `§5.2`. */
  readonly section: string;
  /** One sentence for a log or a Close frame: at most 123 bytes. */
  readonly message: string;
}
