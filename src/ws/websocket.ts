/**
 * `WebSocket` as ws has it, on our own connection.
 * In: an address to connect to, or, for a server, a socket whose handshake is done. Out: events. Fails: misuse throws what ws throws;
 * what goes wrong later is an `error`, and always a `close` after it.
 *
 * Its own state is in private fields: programs for ws put all kinds of things on their websockets. The names with an underscore are
 * those that well-known programs look at.
 */
import { EventEmitter } from 'node:events';
import type { ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ConnectOptions, connect, type Opening } from './connect.ts';
import { type AgreedExtension, extensionName } from './deflate.ts';
import { addHandler, attributeOf, type Handler, removeHandler, setAttribute } from './events.ts';
import { Link } from './link.ts';
import type { OpenOptions } from './options.ts';
import { type BinaryType, byteLengthOf, isBinaryType, reasonOf } from './payload.ts';
import type { EventListenerOptions, SendCallback, SendOptions } from './types.ts';

export const readyStates = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'] as const;
const [connecting, open, closing, closed] = [0, 1, 2, 3] as const;
type ReadyState = 0 | 1 | 2 | 3;

export class WebSocket extends EventEmitter {
  /** @internal May be changed before `setSocket`. */
  _isServer: boolean;
  /** @internal */
  _protocol = '';
  /** @internal How messages may be compressed. */
  _deflate: AgreedExtension | undefined;
  /** @internal The request of a handshake that is under way. */
  _req: ClientRequest | null = null;
  readonly #options: ConnectOptions;
  #link: Link | undefined;
  /** While there is no link. */
  #state: ReadyState = connecting;
  #abort: ((message: string) => void) | undefined;
  #url: string | undefined;
  #binaryType: BinaryType = 'nodebuffer';
  /** Bytes that were sent when it was too late. */
  #lostBytes = 0;

  constructor(address: unknown, protocols?: unknown, options?: unknown) {
    super();
    this._isServer = address === null;
    const isShort =
      typeof protocols === 'object' && protocols !== null && !Array.isArray(protocols);
    const given = ((isShort ? protocols : options) ?? {}) as ConnectOptions;
    // As with ws, what a program opens on a stream of its own waits for no one: such a stream may never close by itself.
    this.#options = address === null ? { closeTimeout: 0, ...given } : given;
    if (address !== null) {
      const asked = isShort || protocols === undefined ? this.#options.protocols : protocols;
      const list: readonly unknown[] = Array.isArray(asked)
        ? asked
        : asked === undefined
          ? []
          : [asked];
      connect(this.#opening(list), address, this.#options);
    }
  }

  get CONNECTING(): 0 {
    return connecting;
  }
  get OPEN(): 1 {
    return open;
  }
  get CLOSING(): 2 {
    return closing;
  }
  get CLOSED(): 3 {
    return closed;
  }

  /** @internal Null while there is none. */
  get _socket(): Duplex | null {
    return this.#link?.socket ?? null;
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }
  set binaryType(type: BinaryType) {
    if (isBinaryType(type)) {
      this.#binaryType = type;
    }
  }

  get bufferedAmount(): number {
    return (this.#link?.bufferedBytes ?? 0) + this.#lostBytes;
  }

  get extensions(): string {
    return this._deflate === undefined ? '' : extensionName;
  }

  get isPaused(): boolean {
    return this.#link?.isPaused ?? false;
  }

  get protocol(): string {
    return this._protocol;
  }

  get readyState(): ReadyState {
    const link = this.#link;
    if (link === undefined) {
      return this.#state;
    }
    return link.isOver ? closed : link.isOpen ? open : closing;
  }

  /** As the web has it; undefined for a server's, as with ws. */
  get url(): string | undefined {
    return this.#url;
  }

  /** @internal Whether both Close frames went over. */
  get wasClean(): boolean {
    return this.#link?.wasClean ?? false;
  }

  get onopen(): Handler | null {
    return attributeOf(this, 'open');
  }
  set onopen(handler: unknown) {
    setAttribute(this, 'open', handler);
  }
  get onerror(): Handler | null {
    return attributeOf(this, 'error');
  }
  set onerror(handler: unknown) {
    setAttribute(this, 'error', handler);
  }
  get onclose(): Handler | null {
    return attributeOf(this, 'close');
  }
  set onclose(handler: unknown) {
    setAttribute(this, 'close', handler);
  }
  get onmessage(): Handler | null {
    return attributeOf(this, 'message');
  }
  set onmessage(handler: unknown) {
    setAttribute(this, 'message', handler);
  }

  addEventListener(type: string, handler: Handler, options?: EventListenerOptions): void {
    addHandler(this, type, handler, options);
  }

  removeEventListener(type: string, handler: Handler): void {
    removeHandler(this, type, handler);
  }

  /** @internal Opens it on a socket whose handshake is done; `head` is what came behind that. */
  setSocket(socket: Duplex, head: Buffer, options: OpenOptions): void {
    const { setTimeout, setNoDelay } = socket as Partial<{
      setTimeout(ms: number): void;
      setNoDelay(): void;
    }>;
    setTimeout?.call(socket, 0);
    setNoDelay?.call(socket);
    // What a socket has to say in errors it says in `close` as well.
    socket.on('error', ignore);
    if (head.length > 0) {
      socket.unshift(head);
    }
    const role = this._isServer ? 'server' : 'client';
    const merged = { ...this.#options, ...options };
    this.#link = new Link(this, socket, role, merged, this._deflate?.compression);
    this.#link.start(() => this.emit('open'));
  }

  send(data: unknown, options?: SendOptions | SendCallback, cb?: SendCallback): void {
    const done = typeof options === 'function' ? options : cb;
    const wanted = typeof options === 'function' ? undefined : options;
    const payload = typeof data === 'number' ? data.toString() : data;
    const link = this.#mayPut(payload, done);
    if (link !== undefined) {
      const { binary = typeof payload !== 'string', compress = true, fin = true } = wanted ?? {};
      link.outgoing.message(payload, { binary, compress, final: fin }, done);
    }
  }

  ping(data?: unknown, mask?: unknown, cb?: SendCallback): void {
    this.#control('ping', data, mask, cb);
  }

  pong(data?: unknown, mask?: unknown, cb?: SendCallback): void {
    this.#control('pong', data, mask, cb);
  }

  close(code?: number, data?: string | Uint8Array): void {
    const state = this.readyState;
    if (state === connecting) {
      this.#giveUpConnecting();
    } else if (state === open) {
      this.#link!.close(code, reasonOf(code, data));
    }
  }

  terminate(): void {
    const state = this.readyState;
    if (state === connecting) {
      this.#giveUpConnecting();
    } else if (state !== closed) {
      this.#link?.terminate();
    }
  }

  pause(): void {
    if (this.#link?.isOver === false) {
      this.#link.pause();
    }
  }

  resume(): void {
    if (this.#link?.isOver === false) {
      this.#link.resume();
    }
  }

  #control(kind: 'ping' | 'pong', data: unknown, mask: unknown, cb?: SendCallback): void {
    const done = [data, mask, cb].find((given) => typeof given === 'function') as SendCallback;
    const given = typeof data === 'function' ? undefined : data;
    const payload = typeof given === 'number' ? given.toString() : given;
    this.#mayPut(payload, done)?.outgoing.control(kind, payload, done);
  }

  /** Undefined when it is too late: then the bytes are counted and the callback is told. */
  #mayPut(payload: unknown, done: SendCallback | undefined): Link | undefined {
    const state = this.readyState;
    if (state === open) {
      return this.#link;
    }
    const error = new Error(`WebSocket is not open: readyState ${state} (${readyStates[state]})`);
    if (state === connecting) {
      throw error;
    }
    this.#lostBytes += payload ? byteLengthOf(payload) : 0;
    if (done !== undefined) {
      process.nextTick(done, error);
    }
    return undefined;
  }

  #giveUpConnecting(): void {
    this.#abort?.('WebSocket was closed before the connection was established');
  }

  #opening(protocols: readonly unknown[]): Opening {
    return {
      websocket: this,
      protocols,
      named: (url) => {
        this.#url = url;
      },
      asked: (request, abort) => {
        this._req = request;
        this.#abort = abort;
      },
      leaving: () => {
        this.#state = closing;
      },
      opened: (socket, head, { protocol, deflate }) => {
        this._req = null;
        this._protocol = protocol;
        this._deflate = deflate;
        this.setSocket(socket, head, this.#options);
      },
      failed: (error) => {
        this._req = null;
        this.#state = closing;
        this.emit('error', error);
        this.#state = closed;
        this.emit('close', 1006, Buffer.alloc(0));
      },
    };
  }
}

function ignore(): void {}
