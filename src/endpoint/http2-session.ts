/**
 * One HTTP/2 connection that carries many websockets (RFC 9113, RFC 8441).
 * In: a connected socket that agreed on `h2`. Out: seats, one for each stream. Fails: rejects with `ConnectionError` when the
 * connection ends before it says what it can. A session without streams keeps no process alive and ends soon.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Cancel, Clock } from '../ground/clock.ts';
import { type HeadLimits, headLimitDefaults } from '../protocol/index.ts';
import { lost } from './dial-errors.ts';

/** What one peer may send before we have read it, in bytes: per stream, and for all together. The initial 65,535 fit no fast link. */
const streamWindowBytes = 1024 * 1024;
const sessionWindowBytes = 4 * streamWindowBytes;
/** Far above what the windows allow, in megabytes: Node ends the whole session with all its websockets where this is reached. */
const sessionMemory = 4096;

export interface SessionLimits {
  /** Most streams at once. The server's own limit is kept as well. @default 1_000 */
  readonly maxStreams: number;
  /** How long a session without streams is kept, in milliseconds. @default 1_000 */
  readonly idleMs: number;
}
export const sessionDefaults: SessionLimits = { maxStreams: 1_000, idleMs: 1_000 };

/** The right to one stream. */
export interface Seat {
  /** Takes it: once. When the session is gone by now Node throws, or from version 24 on gives a stream that fails. */
  open(fields: Readonly<Record<string, string>>): ClientHttp2Stream;
  /** The session seems to be dead: nobody else is to be seated there. */
  retire(): void;
}

export class PooledSession {
  /** Takes no more streams. */
  isRetired = false;
  private readonly session: ClientHttp2Session;
  private readonly clock: Clock;
  private readonly limits: SessionLimits;
  private readonly onRetired: () => void;
  private streams = 0;
  private cancelIdle: Cancel | undefined;

  constructor(
    session: ClientHttp2Session,
    clock: Clock,
    limits: SessionLimits,
    onRetired: () => void,
  ) {
    this.session = session;
    this.clock = clock;
    this.limits = limits;
    this.onRetired = onRetired;
    session.on('goaway', () => this.retire());
    session.on('close', () => this.retire());
    this.rest();
  }

  get hasRoom(): boolean {
    const { closed, destroyed, remoteSettings } = this.session;
    const most = Math.min(remoteSettings.maxConcurrentStreams ?? Infinity, this.limits.maxStreams);
    return !this.isRetired && !closed && !destroyed && this.streams < most;
  }

  /** Only while there is room. */
  seat(): Seat {
    this.streams += 1;
    this.cancelIdle?.();
    this.session.ref();
    return {
      open: (fields) => this.open(fields),
      retire: () => this.retire(),
    };
  }

  /** Nobody is seated any more. It ends with its last stream. */
  retire(): void {
    if (this.isRetired) {
      return;
    }
    this.isRetired = true;
    this.cancelIdle?.();
    this.onRetired();
    if (this.streams === 0) {
      this.session.close();
    }
  }

  private open(fields: Readonly<Record<string, string>>): ClientHttp2Stream {
    try {
      const stream = this.session.request({ ...fields }, { endStream: false });
      stream.once('close', () => this.leave());
      return stream;
    } catch (error) {
      this.leave();
      throw error;
    }
  }

  private leave(): void {
    this.streams -= 1;
    if (this.streams === 0) {
      this.rest();
    }
  }

  private rest(): void {
    this.session.unref();
    if (this.isRetired) {
      this.session.close();
      return;
    }
    this.cancelIdle = this.clock.after(this.limits.idleMs, () => this.retire());
  }
}

/** Gives nothing, and the socket is gone, when the server does not speak WebSocket in HTTP/2. */
export function startSession(
  socket: Duplex,
  giveUp: AbortSignal,
  { maxHeadBytes, maxHeaders }: Required<HeadLimits> = headLimitDefaults,
): Promise<ClientHttp2Session | undefined> {
  const session = connect('https://localhost', {
    createConnection: () => socket,
    maxSessionMemory: sessionMemory,
    // Beyond these Node resets the stream: so that whoever shakes hands can say what is wrong, they are above the limits.
    maxHeaderListPairs: Math.max(256, maxHeaders * 2),
    settings: {
      enablePush: false,
      initialWindowSize: streamWindowBytes,
      // RFC 9113 §6.5.2: each field counts for 32 bytes more than it has.
      maxHeaderListSize: Math.min(2 ** 32 - 1, maxHeadBytes * 2 + maxHeaders * 64),
    },
  });
  // What it has to say in errors it says in `close` as well.
  session.on('error', () => {});
  session.once('connect', () => {
    // Node tells of it even when it is over already.
    if (!session.destroyed) {
      session.setLocalWindowSize(sessionWindowBytes);
    }
  });
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      giveUp.removeEventListener('abort', onAbort);
      session.off('close', onClose);
      session.off('remoteSettings', onSettings);
    };
    const fail = (error: unknown): void => {
      finish();
      session.destroy();
      reject(error as Error);
    };
    const onAbort = (): void => fail(giveUp.reason);
    const onClose = (): void => fail(lost('the server hung up before its HTTP/2 settings'));
    // RFC 8441 §3: only then may an extended CONNECT be sent, and Node does not wait by itself.
    const onSettings = (settings: typeof session.remoteSettings): void => {
      finish();
      if (settings.enableConnectProtocol === true && settings.maxConcurrentStreams !== 0) {
        resolve(session);
      } else {
        session.close();
        resolve(undefined);
      }
    };
    giveUp.addEventListener('abort', onAbort, { once: true });
    session.on('close', onClose);
    session.on('remoteSettings', onSettings);
    if (giveUp.aborted) {
      onAbort();
    }
  });
}
