/**
 * A stream of Node as a line: by its public interface, whatever it is (TCP, TLS, a stream of HTTP/2, one in memory).
 * In: a Duplex. Out: a line. Fails never: an error of the stream is heard by whoever opened it, and its `close` comes here.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { cut } from './cut.ts';
import type { Line, LineOwner } from './line.ts';

const lineOf = Symbol('line');
type LinedStream = Duplex & { [lineOf]: SocketLine };

/** A stream of Node, whatever it is, as a line that a drive can write to. */
export class SocketLine implements Line {
  owner: LineOwner | undefined;
  /** Only the system's sockets are known to be: another stream may keep what it was given. */
  readonly isDoneWhenEmpty: boolean;
  private readonly socket: Duplex;
  // The one closure of a connection: Node does not tell a callback whose it is.
  private readonly onWritten = (error?: Error | null): void => {
    // A stream that was destroyed says of every write that it is done.
    if (!error && this.socket.writableLength === 0 && !this.socket.destroyed) {
      this.owner?.written();
    }
  };

  constructor(socket: Duplex) {
    this.socket = socket;
    this.isDoneWhenEmpty = socket instanceof Socket;
  }

  get destroyed(): boolean {
    return this.socket.destroyed;
  }

  get hasEnded(): boolean {
    return this.socket.readableEnded;
  }

  get writableLength(): number {
    return this.socket.writableLength;
  }

  start(): void {
    const socket = this.socket as LinedStream;
    socket[lineOf] = this;
    // We end our side ourselves, when what we owe has left.
    socket.allowHalfOpen = true;
    socket.on('data', onData);
    socket.on('end', onEnd);
    socket.on('close', onClose);
  }

  write(chunk: Uint8Array): void {
    this.socket.write(chunk, this.onWritten);
  }

  end(): void {
    this.socket.end();
  }

  destroy(): void {
    cut(this.socket);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }
}

// One function for all streams, not one for each.
function onData(this: Duplex, chunk: Uint8Array): void {
  const line = (this as LinedStream)[lineOf];
  // The system's sockets read into memory of its own size for each chunk; of another stream nobody knows who else has it.
  const isGiven = line.isDoneWhenEmpty && chunk.length === chunk.buffer.byteLength;
  line.owner?.turn(chunk, isGiven);
}

function onEnd(this: Duplex): void {
  (this as LinedStream)[lineOf].owner?.halfEnded();
}

function onClose(this: Duplex): void {
  (this as LinedStream)[lineOf].owner?.ended();
}
