/**
 * Messages one by one, for `for await`.
 * In: a websocket. Out: its messages, in order; the peer is slowed down while more than a few wait. Ends when the websocket
 * closes cleanly, and throws when it does not.
 */
import type { Closing } from '../protocol/index.ts';
import { closedError } from './waiters.ts';
import type { Message, Websocket } from './websocket.ts';

/** Messages that may wait before the peer is slowed down. */
const most = 16;

/** @param ended How the websocket ended, if it has. */
export function iterate(
  websocket: Websocket,
  ended: Closing | undefined,
): AsyncIterableIterator<Message> {
  const waiting: Message[] = [];
  let why = ended;
  let isPaused = false;
  let isDone = false;
  let wake: (() => void) | undefined;

  const stopMessages = websocket.on('message', (message) => {
    waiting.push(message);
    if (waiting.length >= most && !isPaused) {
      isPaused = true;
      websocket.pause();
    }
    wake?.();
  });
  const stopClosed = websocket.on('closed', (closing) => {
    why = closing;
    wake?.();
  });
  const finish = (): { done: true; value: undefined } => {
    isDone = true;
    stopMessages();
    stopClosed();
    return { done: true, value: undefined };
  };
  const unpause = (): void => {
    if (isPaused) {
      isPaused = false;
      websocket.resume();
    }
  };

  return {
    async next() {
      while (!isDone) {
        const message = waiting.shift();
        if (message !== undefined) {
          return { done: false, value: message };
        }
        unpause();
        if (waiting.length > 0) {
          continue;
        }
        if (why !== undefined) {
          const closing = why;
          finish();
          if (!closing.clean) {
            throw closedError(closing);
          }
          break;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return { done: true, value: undefined };
    },
    async return() {
      unpause();
      return finish();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
