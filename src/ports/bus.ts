/**
 * The bus: short messages between nodes, at most once. Signals travel on it, and what one node asks of another. Nothing that must not be
 * lost does.
 */

/** Topics are named by the hub, by the rules of channel names. */
export interface Bus {
  /** From when this resolves, what is sent to the topic is heard, by whomever it is sent, ourselves included. Twice is once. */
  follow(topic: string): Promise<void>;
  unfollow(topic: string): Promise<void>;
  /** A JSON value, or bytes. What one sender sends to one topic keeps its order, as far as nothing is lost. */
  send(topic: string, message: unknown): Promise<void>;
}

/** Must not throw. */
export type Hear = (topic: string, message: unknown) => void;
