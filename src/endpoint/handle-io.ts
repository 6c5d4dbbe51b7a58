/**
 * `io: 'handle'`: a TCP or unix socket read and written without the `net.Socket` around it (docs/decisions/0011).
 * In: an accepted socket of Node, at rest. Out: a line on the handle that was inside of it. Fails: `loadInternals` gives what is
 * missing; a socket that is not at rest is not taken, and goes on as it is.
 *
 * Leans on what Node does not promise: `stream_wrap` of `process.binding`, `_handle` and `_server` of a socket, `_connections` of
 * a server. Rules that Node's own net.js keeps too, and whose breach would end the process: each write that the system did not
 * take at once has a request object of its own; `onread` gives nothing back; nothing is called on a handle that was closed.
 */
import { type Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { openMemory } from '../protocol/index.ts';
import {
  findInternals,
  type Handle,
  type HandleRequest,
  type Internals,
} from './handle-internals.ts';
import type { Line, LineOwner } from './line.ts';
import { asBuffer } from './text.ts';

/** UV_EOF */
const endOfFile = -4095;

let internals: Internals;
/** All handles read into this: what stands in it is good during the call only. */
let readBuffer: Buffer;
/** What of it the latest read filled. Sizes repeat, and a view costs more than to look. */
let filled: Buffer;
/** A request object that no write has taken yet. */
let spare: HandleRequest;

/** Gets hold of what is needed, once. Gives what is missing, or nothing. */
export function loadInternals(): string | undefined {
  if (internals === undefined) {
    const found = findInternals();
    if (typeof found === 'string') {
      return found;
    }
    internals = found;
    readBuffer = asBuffer(openMemory());
    filled = readBuffer;
    spare = newWrite();
  }
  return undefined;
}

/** What of Node's insides is touched besides the handle. */
type Inside = Socket & {
  _handle: Handle | null;
  readonly _server?: CountingServer | null;
  readonly _readableState?: { readonly ended: boolean };
};
type CountingServer = Server & { _connections: number; _emitCloseIfDrained(): void };

/**
 * A line on the handle of `socket`, which is gone for everybody else afterwards; its server goes on counting it. Undefined when
 * it cannot be taken: it is no plain socket of the system, or bytes are under way in it, or it is ending.
 */
export function takeOver(socket: Duplex): HandleLine | undefined {
  if (!isAtRest(socket)) {
    return undefined;
  }
  const inside = socket as Inside;
  const handle = inside._handle!;
  const server = inside._server ?? undefined;
  // It remembers the answer, and cannot ask any more afterwards.
  void inside.remoteAddress;
  handle.readStop();
  inside._handle = null;
  const line = new HandleLine(handle, server);
  if (server !== undefined) {
    // A socket that goes counts itself out: this one stays, until the line goes.
    server._connections += 1;
  }
  inside.destroy();
  return line;
}

function isAtRest(socket: Duplex): boolean {
  const inside = socket as Inside;
  // No subclass: what TLS adds, and whatever others add, is not in the handle.
  return (
    Object.getPrototypeOf(socket) === Socket.prototype &&
    Boolean(inside._handle) &&
    (!inside._server || typeof inside._server._connections === 'number') &&
    !inside.destroyed &&
    inside.writable &&
    inside.writableLength === 0 &&
    inside.readableLength === 0 &&
    inside._readableState?.ended === false
  );
}

export class HandleLine implements Line {
  owner: LineOwner | undefined;
  destroyed = false;
  hasEnded = false;
  writableLength = 0;
  readonly isDoneWhenEmpty = true;
  private readonly handle: Handle;
  private server: CountingServer | undefined;
  /** Our side is ended, or on its way to be. */
  private isEnding = false;
  private isShut = false;

  /** @internal See `takeOver`. */
  constructor(handle: Handle, server: CountingServer | undefined) {
    this.handle = handle;
    this.server = server;
    handle[internals.owner] = this;
    handle.onread = onRead;
    handle.useUserBuffer(readBuffer);
  }

  start(): void {
    // What comes is told when it is read, and that is not before `resume`.
  }

  write(chunk: Uint8Array): void {
    if (this.destroyed) {
      return;
    }
    const request = spare;
    const error = this.handle.writeBuffer(request, chunk);
    if (error !== 0) {
      spare = newWrite();
      this.destroy();
    } else if (internals.state[internals.asyncAt] !== 0) {
      spare = newWrite();
      request.line = this;
      request.chunk = chunk;
      this.writableLength += chunk.length;
    }
  }

  end(): void {
    if (this.destroyed || this.isEnding) {
      return;
    }
    this.isEnding = true;
    const request = new internals.ShutdownWrap();
    request.line = this;
    request.oncomplete = onShut;
    const status = this.handle.shutdown(request);
    if (status !== 0) {
      // 1: it is done already.
      this.shut(status);
    }
  }

  destroy(): void {
    if (this.destroyed) {
      return;
    }
    this.destroyed = true;
    this.handle.close(onClosed);
    const { server } = this;
    if (server !== undefined) {
      this.server = undefined;
      server._connections -= 1;
      server._emitCloseIfDrained();
    }
  }

  pause(): void {
    if (!this.destroyed) {
      this.handle.readStop();
    }
  }

  resume(): void {
    if (!this.destroyed && !this.hasEnded) {
      this.handle.readStart();
    }
  }

  /** @internal A number of bytes, or below 0 why there will be no more. */
  read(bytes: number): void {
    if (bytes > 0) {
      if (filled.length !== bytes) {
        filled = readBuffer.subarray(0, bytes);
      }
      this.owner?.turn(filled);
    } else if (bytes === endOfFile) {
      this.hasEnded = true;
      this.owner?.halfEnded();
      this.endIfOver();
    } else if (bytes < 0) {
      this.destroy();
    }
  }

  /** @internal */
  wrote(status: number, bytes: number): void {
    this.writableLength -= bytes;
    if (status !== 0) {
      this.destroy();
    } else if (!this.destroyed && this.writableLength === 0) {
      this.owner?.written();
    }
  }

  /** @internal */
  shut(status: number): void {
    if (status < 0) {
      this.destroy();
    } else {
      this.isShut = true;
      this.endIfOver();
    }
  }

  private endIfOver(): void {
    if (this.isShut && this.hasEnded) {
      this.destroy();
    }
  }
}

function newWrite(): HandleRequest {
  const request = new internals.WriteWrap();
  request.oncomplete = onWrote;
  request.line = undefined as never;
  request.chunk = undefined as never;
  return request;
}

// One function for all handles. Node looks at what `onread` gives back: nothing.
function onRead(this: Handle): void {
  (this[internals.owner] as HandleLine).read(internals.state[internals.readAt]!);
}

function onClosed(this: Handle): void {
  (this[internals.owner] as HandleLine).owner?.ended();
}

function onWrote(this: HandleRequest, status: number): void {
  (this.line as HandleLine).wrote(status, this.chunk!.length);
}

function onShut(this: HandleRequest, status: number): void {
  (this.line as HandleLine).shut(status);
}
