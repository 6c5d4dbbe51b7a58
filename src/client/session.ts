/**
 * One connection's life: a token, a road, hello and welcome, then messages and a heartbeat, and one end.
 * In: what to send. Out: messages of the server, the round trip, and why it ended. Never throws: whatever goes wrong ends it.
 */
import type { Cancel } from '../ground/clock.ts';
import {
  type ClientMessage,
  disconnectCodes,
  type Hello,
  mayReturn,
  type ServerMessage,
  type Welcome,
  wireVersion,
} from '../wire/index.ts';
import type { CoreSettings } from './core-options.ts';
import { ClientError, type ClientErrorCode } from './errors.ts';
import { Heartbeat } from './heartbeat.ts';
import type { Line } from './place.ts';
import type { Road } from './transports/transport.ts';

/** What the others deal with: the session keeps the rest to itself. */
export type Business = Exclude<ServerMessage, { readonly type: 'welcome' | 'pong' | 'disconnect' }>;

/** What goes on when one connection follows another. */
export type Stay = NonNullable<Hello['resume']>;

export interface Ending {
  readonly error: ClientError;
  readonly mayReturn: boolean;
  /** Not sooner, in milliseconds: what the server asked for, 0 if nothing. */
  readonly retryAfterMs: number;
}

export interface SessionListener {
  /** The hello was sent: what goes with it can be sent now, and is worked off after it. */
  greeted(): void;
  welcomed(welcome: Welcome): void;
  received(message: Business): void;
  roundTrip(ms: number): void;
  /** The road says that there may be a better one. */
  better(): void;
  /** Exactly once, and nothing after it; not when `leave` was called. */
  ended(why: Ending): void;
}

/** A registered WebSocket close code: what was awaited did not come. */
const timeoutCode = 3008;

export class Session implements Line {
  readonly #settings: CoreSettings;
  readonly #stay: Stay | undefined;
  readonly #listener: SessionListener;
  readonly #heartbeat: Heartbeat;
  readonly #cancelAlarm: Cancel;
  #phase: 'opening' | 'greeting' | 'welcomed' | 'ended' = 'opening';
  #road: Road | undefined;

  constructor(
    url: string,
    settings: CoreSettings,
    { stay, nextId }: { readonly stay: Stay | undefined; readonly nextId: () => number },
    listener: SessionListener,
  ) {
    this.#settings = settings;
    this.#stay = stay;
    this.#listener = listener;
    this.#heartbeat = new Heartbeat(settings, nextId, {
      ping: (id) => this.send({ type: 'ping', id }),
      roundTrip: (ms) => listener.roundTrip(ms),
      silent: () => this.giveUp('CONNECTION_LOST', 'the server does not answer'),
    });
    this.#cancelAlarm = settings.clock.after(settings.connectWithinMs, () => {
      this.giveUp('CONNECT_TOO_LATE', 'the server did not welcome us in time');
    });
    void this.#open(url);
  }

  /** Anything may be said. */
  get isWelcomed(): boolean {
    return this.#phase === 'welcomed';
  }

  send(message: ClientMessage): void {
    this.#road?.send(this.#settings.codec.write(message));
  }

  /** Asks the server now whether it is still there. */
  check(): void {
    if (this.#phase === 'welcomed') {
      this.#heartbeat.check();
    }
  }

  /** The server says what it should not, or what no message is. */
  fault(problem: string): void {
    const why = `the server broke the protocol: ${problem}`;
    this.#fail(new ClientError('MESSAGE_INVALID', why, true), disconnectCodes.MESSAGE_INVALID);
  }

  /** An answer that must come did not. */
  giveUp(code: ClientErrorCode, message: string): void {
    this.#fail(new ClientError(code, message, true), timeoutCode);
  }

  /** Ends it without a word to the listener. */
  leave(): void {
    this.#stop();
    this.#road?.close(1000, 'the client leaves');
  }

  async #open(url: string): Promise<void> {
    const { token: given, transport, codec } = this.#settings;
    let token: string | undefined;
    try {
      token = typeof given === 'function' ? await given() : given;
    } catch (error) {
      this.#end(new ClientError('TOKEN_FAILED', `no token: ${String(error)}`, true));
    }
    if (this.#phase === 'ended') {
      return;
    }
    this.#road = transport.open(url, [codec.subprotocol], {
      opened: () => this.#greet(token),
      received: (frame) => this.#received(frame),
      better: () => {
        if (this.#phase === 'welcomed') {
          this.#listener.better();
        }
      },
      closed: ({ code, reason }) => this.#closed(code, reason),
    });
  }

  #greet(token: string | undefined): void {
    if (this.#phase === 'opening') {
      this.#phase = 'greeting';
      this.send({
        type: 'hello',
        version: wireVersion,
        capabilities: [],
        ...(token === undefined ? undefined : { token }),
        ...(this.#stay === undefined ? undefined : { resume: this.#stay }),
      });
      this.#listener.greeted();
    }
  }

  #received(frame: string | Uint8Array): void {
    if (this.#phase === 'ended') {
      return;
    }
    this.#heartbeat.heard();
    const read = this.#settings.codec.read(frame);
    if ('problem' in read) {
      this.fault(read.problem);
      return;
    }
    for (const message of read.messages) {
      // The one before may have been the last.
      if (!this.#hasEnded()) {
        this.#heard(message);
      }
    }
  }

  #heard(message: ServerMessage): void {
    if (message.type === 'disconnect') {
      const { code, name, reason, retryAfterMs = 0 } = message;
      this.#end(new ClientError(name, reason, mayReturn(code)), code, retryAfterMs);
      this.#road?.close(1000, '');
    } else if ((message.type === 'welcome') !== (this.#phase === 'greeting')) {
      this.fault(`${message.type} has no place here`);
    } else if (message.type === 'welcome') {
      this.#welcomed(message);
    } else if (message.type === 'pong') {
      this.#heartbeat.ponged(message.id);
    } else {
      this.#listener.received(message);
    }
  }

  #welcomed(welcome: Welcome): void {
    if (welcome.version !== wireVersion) {
      const reason = 'this version is not spoken here';
      const code = disconnectCodes.VERSION_UNSUPPORTED;
      this.#end(new ClientError('VERSION_UNSUPPORTED', reason), code);
      this.#road?.close(code, reason);
      return;
    }
    this.#phase = 'welcomed';
    this.#cancelAlarm();
    this.#heartbeat.check();
    this.#listener.welcomed(welcome);
  }

  #closed(code: number, reason: string): void {
    const names = Object.keys(disconnectCodes) as (keyof typeof disconnectCodes)[];
    const name = names.find((one) => disconnectCodes[one] === code) ?? 'CONNECTION_LOST';
    const message = reason || `the connection was closed with ${code}`;
    this.#end(new ClientError(name, message, mayReturn(code)), code);
  }

  /** Our own verdict: the server is told, and we come back. */
  #fail(error: ClientError, code: number): void {
    if (this.#phase !== 'ended') {
      this.#end(error);
      this.#road?.close(code, error.code);
    }
  }

  #end(error: ClientError, code = 1006, retryAfterMs = 0): void {
    if (this.#phase !== 'ended') {
      this.#stop();
      this.#listener.ended({ error, mayReturn: mayReturn(code), retryAfterMs });
    }
  }

  #hasEnded(): boolean {
    return this.#phase === 'ended';
  }

  #stop(): void {
    this.#phase = 'ended';
    this.#cancelAlarm();
    this.#heartbeat.stop();
  }
}
