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

const done = { done: true, value: undefined } as const;

/**
 * @param ended How the websocket ended, if it has.
 * @param isTransient What a listener is told is good during the call only.
 */
export function iterate(
  websocket: Websocket,
  ended: Closing | undefined,
  isTransient: boolean,
): AsyncIterableIterator<Message> {
  let waiting: Message[] = [];
  let why = ended;
  let isPaused = false;
  let isDone = false;
  let wakes: (() => void)[] = [];

  const wakeAll = (): void => {
    const woken = wakes;
    wakes = [];
    for (const wake of woken) {
      wake();
    }
  };
  const stopMessages = websocket.on('message', (message) => {
    waiting.push(isTransient && typeof message !== 'string' ? Buffer.from(message) : message);
    if (waiting.length >= most) {
      // Also when somebody else has resumed it meanwhile: what waits here has an end.
      isPaused = true;
      websocket.pause();
    }
    wakeAll();
  });
  const stopClosed = websocket.on('closed', (closing) => {
    why = closing;
    wakeAll();
  });
  const finish = (): void => {
    isDone = true;
    waiting = [];
    stopMessages();
    stopClosed();
    unpause();
    wakeAll();
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
          finish();
          if (!why.clean) {
            throw closedError(why);
          }
          break;
        }
        await new Promise<void>((resolve) => {
          wakes.push(resolve);
        });
      }
      return done;
    },
    async return() {
      finish();
      return done;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
