/**
 * The conversation of our client and our hub, version 1: what both sides have in common. What they say is in `client-messages` and
 * `server-messages`.
 * A client speaks first, with `hello`; every request carries an `id`, which its answer repeats. Requests may be pipelined; answers may
 * overtake each other, publications of one channel never do. One frame of a transport carries one message, or several of them in order.
 */

/** The version of these messages, said in `hello`. Another ends with `VERSION_UNSUPPORTED`. */
export const wireVersion = 1;
/** The WebSocket subprotocol under which these messages travel as JSON text. */
export const jsonSubprotocol = 'tautline.v1.json';
/** The same messages in binary. */
export const binarySubprotocol = 'tautline.v1.binary';

/** The message of one type. */
export type Of<Message extends { readonly type: string }, Type extends Message['type']> = Extract<
  Message,
  { readonly type: Type }
>;
