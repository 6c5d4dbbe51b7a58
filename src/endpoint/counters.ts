/**
 * What an endpoint has counted since it was made. Plain numbers, that only grow: read them whenever you like.
 */
export interface Counters {
  /** Websockets that were opened. */
  readonly opened: number;
  /** Requests for a websocket that were answered with a refusal. */
  readonly refused: number;
  /** Websockets that are over. */
  readonly closed: number;
  /** Of these, the ones that ended because of what the peer did wrong or failed to do. */
  readonly faulted: number;
  /** Messages that came whole; what comes in pieces counts when its last piece is there. */
  readonly messagesReceived: number;
  /** Messages that were sent; what is sent in pieces counts when its last piece is. */
  readonly messagesSent: number;
  /** Read from the sockets of websockets, with frames and all. TLS and handshakes not counted. */
  readonly bytesReceived: number;
  /** Put on their way to peers, with frames, handshakes and all. TLS not counted. */
  readonly bytesSent: number;
}

/** The same, for those who count. */
export class Tally implements Counters {
  opened = 0;
  refused = 0;
  closed = 0;
  faulted = 0;
  messagesReceived = 0;
  messagesSent = 0;
  bytesReceived = 0;
  bytesSent = 0;
}
