/**
 * One connection's life: a token, a road, hello and welcome, then messages and a heartbeat, and one end.
 * In: what to send. Out: messages of the server, the round trip, and why it ended. Never throws: whatever goes wrong ends it.
 */
import type { Cancel } from '../ground/clock.ts';
import {
  disconnects,
  jsonSubprotocol,
  mayReturn,
  type ServerMessage,
  serverMessageFromJson,
  toJson,
  type Welcome,
  wireVersion,
} from '../wire/index.ts';
import { ClientError, type ClientErrorCode } from './errors.ts';
import type { Settings } from './options.ts';
import type { Road } from './transports/transport.ts';

/** What the others deal with: the session keeps the rest to itself. */
export type Business = Exclude<ServerMessage, { readonly type: 'welcome' | 'pong' | 'disconnect' }>;

export interface Ending {
  readonly error: ClientError;
  readonly mayReturn: boolean;
  /** Not sooner, in milliseconds: what the server asked for, 0 if nothing. */
  readonly retryAfterMs: number;
}

export interface SessionListener {
  welcomed(welcome: Welcome): void;
  received(message: Business): void;
  roundTrip(ms: number): void;
  /** Exactly once, and nothing after it; not when `leave` was called. */
  ended(why: Ending): void;
}

/** A registered WebSocket close code: what was awaited did not come. */
const timeoutCode = 3008;

export class Session {
  private readonly settings: Settings;
  private readonly nextId: () => number;
  private readonly listener: SessionListener;
  private phase: 'opening' | 'greeting' | 'welcomed' | 'ended' = 'opening';
  private road: Road | undefined;
  private cancelAlarm: Cancel;
  private heardAtMs = 0;
  private heardSincePing = false;
  private pingedAtMs = 0;
  /** The ping that is not answered yet; 0 when there is none. */
  private pingId = 0;

  constructor(url: string, settings: Settings, nextId: () => number, listener: SessionListener) {
    this.settings = settings;
    this.nextId = nextId;
    this.listener = listener;
    this.cancelAlarm = settings.clock.after(settings.connectWithinMs, () => {
      this.giveUp('CONNECT_TOO_LATE', 'the server did not welcome us in time');
    });
    void this.open(url);
  }

  send(text: string): void {
    this.road?.send(text);
  }

  /** Asks the server now whether it is still there. */
  check(): void {
    if (this.phase === 'welcomed' && this.pingId === 0) {
      this.ping();
    }
  }

  /** The server says what it should not, or what no message is. */
  fault(problem: string): void {
    const { code, name } = disconnects.MESSAGE_INVALID;
    this.fail(new ClientError(name, `the server broke the protocol: ${problem}`, true), code);
  }

  /** An answer that must come did not. */
  giveUp(code: ClientErrorCode, message: string): void {
    this.fail(new ClientError(code, message, true), timeoutCode);
  }

  /** Ends it without a word to the listener. */
  leave(): void {
    this.stop();
    this.road?.close(1000, 'the client leaves');
  }

  private async open(url: string): Promise<void> {
    const { token: given, transport } = this.settings;
    let token: string | undefined;
    try {
      token = typeof given === 'function' ? await given() : given;
    } catch (error) {
      this.end(new ClientError('TOKEN_FAILED', `no token: ${String(error)}`, true));
    }
    if (this.phase === 'ended') {
      return;
    }
    this.road = transport.open(url, [jsonSubprotocol], {
      opened: () => this.greet(token),
      received: (payload) => this.received(payload),
      closed: ({ code, reason }) => this.closed(code, reason),
    });
  }

  private greet(token: string | undefined): void {
    if (this.phase === 'opening') {
      this.phase = 'greeting';
      const hello = { type: 'hello', version: wireVersion, capabilities: [] } as const;
      this.send(toJson(token === undefined ? hello : { ...hello, token }));
    }
  }

  private received(payload: string | Uint8Array): void {
    if (this.phase === 'ended') {
      return;
    }
    this.heardAtMs = this.settings.clock.nowMs();
    this.heardSincePing = true;
    const read =
      typeof payload === 'string' ? serverMessageFromJson(payload) : { problem: 'it is not text' };
    if ('problem' in read) {
      this.fault(read.problem);
      return;
    }
    const { message } = read;
    if (message.type === 'disconnect') {
      const { code, name, reason, retryAfterMs = 0 } = message;
      this.end(new ClientError(name, reason, mayReturn(code)), code, retryAfterMs);
      this.road?.close(1000, '');
    } else if ((message.type === 'welcome') !== (this.phase === 'greeting')) {
      this.fault(`${message.type} has no place here`);
    } else if (message.type === 'welcome') {
      this.welcomed(message);
    } else if (message.type === 'pong') {
      this.ponged(message.id);
    } else {
      this.listener.received(message);
    }
  }

  private welcomed(welcome: Welcome): void {
    if (welcome.version !== wireVersion) {
      const { code, name, reason } = disconnects.VERSION_UNSUPPORTED;
      this.end(new ClientError(name, reason), code);
      this.road?.close(code, reason);
      return;
    }
    this.phase = 'welcomed';
    this.ping();
    this.listener.welcomed(welcome);
  }

  private ping(): void {
    const { clock, pongWithinMs } = this.settings;
    this.pingId = this.nextId();
    this.pingedAtMs = clock.nowMs();
    this.heardSincePing = false;
    this.send(toJson({ type: 'ping', id: this.pingId }));
    this.cancelAlarm();
    this.cancelAlarm = clock.after(pongWithinMs, () => {
      // Any message counts as life, not only the pong.
      if (this.heardSincePing) {
        this.listen();
      } else {
        this.giveUp('CONNECTION_LOST', 'the server does not answer');
      }
    });
  }

  private ponged(id: number): void {
    if (id !== this.pingId) {
      return;
    }
    this.listen();
    this.listener.roundTrip(this.heardAtMs - this.pingedAtMs);
  }

  /** Waits for silence. */
  private listen(): void {
    const { clock, pingAfterMs } = this.settings;
    this.pingId = 0;
    this.cancelAlarm();
    const restMs = this.heardAtMs + pingAfterMs - clock.nowMs();
    this.cancelAlarm = clock.after(Math.max(0, restMs), () => {
      if (clock.nowMs() - this.heardAtMs >= pingAfterMs) {
        this.ping();
      } else {
        this.listen();
      }
    });
  }

  private closed(code: number, reason: string): void {
    const known = Object.values(disconnects).find((disconnect) => disconnect.code === code);
    const message = reason || known?.reason || `the connection was closed with ${code}`;
    this.end(new ClientError(known?.name ?? 'CONNECTION_LOST', message, mayReturn(code)), code);
  }

  /** Our own verdict: the server is told, and we come back. */
  private fail(error: ClientError, code: number): void {
    if (this.phase !== 'ended') {
      this.end(error);
      this.road?.close(code, error.code);
    }
  }

  private end(error: ClientError, code = 1006, retryAfterMs = 0): void {
    if (this.phase !== 'ended') {
      this.stop();
      this.listener.ended({ error, mayReturn: mayReturn(code), retryAfterMs });
    }
  }

  private stop(): void {
    this.phase = 'ended';
    this.cancelAlarm();
  }
}
