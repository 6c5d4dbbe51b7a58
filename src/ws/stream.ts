/**
 * A websocket as a Node stream: messages one way are chunks the other.
 * In: a websocket, open or on its way. Out: a Duplex, with back-pressure both ways. Fails: what the websocket's `error` says destroys
 * the stream.
 */
import { Duplex, type DuplexOptions } from 'node:stream';
import type { WebSocket } from './websocket.ts';

export function createWebSocketStream(websocket: WebSocket, options: DuplexOptions = {}): Duplex {
  /** After an error the websocket closes by itself: its Close frame must leave. */
  let mustCut = true;
  const duplex = new Duplex({
    ...options,
    autoDestroy: false,
    emitClose: false,
    objectMode: options.readableObjectMode ?? false,
    writableObjectMode: false,
    read() {
      if (websocket.isPaused) {
        websocket.resume();
      }
    },
    write(chunk: Buffer, _, done) {
      whenOpen(websocket, () => websocket.send(chunk, done));
    },
    final(done) {
      whenOpen(websocket, () => {
        const socket = websocket._socket;
        if (socket === null) {
          // The handshake failed: its error is on the way.
          return;
        }
        if (socket.writableFinished) {
          done();
          if (duplex.readableEnded) {
            duplex.destroy();
          }
          return;
        }
        socket.once('finish', () => done());
        websocket.close();
      });
    },
    destroy(error, done) {
      const close = (): void => {
        process.nextTick(() => duplex.emit('close'));
      };
      if (websocket.readyState === websocket.CLOSED) {
        done(error);
        close();
        return;
      }
      let isTold = false;
      websocket.once('error', (late: Error) => {
        isTold = true;
        done(late);
      });
      websocket.once('close', () => {
        if (!isTold) {
          done(error);
        }
        close();
      });
      if (mustCut) {
        websocket.terminate();
      }
    },
  });
  websocket.on('message', (data: unknown, isBinary: boolean) => {
    const chunk = !isBinary && duplex.readableObjectMode ? String(data) : data;
    if (!duplex.push(chunk)) {
      websocket.pause();
    }
  });
  websocket.once('error', (error: Error) => {
    if (!duplex.destroyed) {
      mustCut = false;
      duplex.destroy(error);
    }
  });
  websocket.once('close', () => {
    if (!duplex.destroyed) {
      duplex.push(null);
    }
  });
  duplex.on('end', () => {
    if (!duplex.destroyed && duplex.writableFinished) {
      duplex.destroy();
    }
  });
  duplex.once('error', () => duplex.destroy());
  return duplex;
}

/** What is written before the handshake is done waits for it. */
function whenOpen(websocket: WebSocket, run: () => void): void {
  if (websocket.readyState === websocket.CONNECTING) {
    websocket.once('open', run);
  } else {
    run();
  }
}
