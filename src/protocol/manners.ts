/**
 * What the standard leaves open. Only who gives a websocket another shape than ours, and needs it otherwise, chooses.
 */

/** What a connection does by itself although the RFC leaves it open. */
export interface Manners {
  /** Whether pings are answered without the application (§5.5.2); else it calls `pong` itself. @default true */
  readonly answersPings?: boolean;
  /**
   * A client too ends the transport once both Close frames went over. §7.1.1 prefers that it waits for the server; against a server
   * that waits as well, that lasts until the deadline. @default false
   */
  readonly endsFirst?: boolean;
}

/** The defaults of `Manners`: pings are answered, and the client waits for the server to end the transport (§7.1.1). */
export const usualManners: Required<Manners> = { answersPings: true, endsFirst: false };
