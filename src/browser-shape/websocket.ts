/**
 * The class `WebSocket` of browsers, on our own endpoint: https://websockets.spec.whatwg.org/#the-websocket-interface.
 * In: what a page does with it. Out: events, each a task of its own, never within a call. Fails: misuse throws `DOMException` and
 * `TypeError` as the standard says; what the server or the world does wrong is `error`, then `close`.
 * Inherits, and has constants and fields with a hash, because the standard's interface does.
 */
import {
  type Closing,
  dial,
  type Message,
  sendingDefaults,
  type Websocket,
} from '../endpoint/index.ts';
import { checkProtocols, readUrl } from './addresses.ts';
import { closeWords } from './close-info.ts';
import { toClampedShort, toData, toScalarText, toTexts } from './conversions.ts';
import { EventHandlers, type Handler } from './event-handlers.ts';
import { CloseEvent, errorEvent, lossOf, type WebSocketErrorEvent } from './events.ts';
import { asInterface } from './interfaces.ts';
import type { ProgramOptions } from './options.ts';
import { Outgoing } from './outgoing.ts';
import { TypedTarget } from './target.ts';

/** https://websockets.spec.whatwg.org/#enumdef-binarytype */
export type BinaryType = 'blob' | 'arraybuffer';

const states = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;
type State = (typeof states)[keyof typeof states];

/** https://websockets.spec.whatwg.org/#the-websocket-interface, and in the last argument what a program may choose besides. */
export class WebSocket extends TypedTarget {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;

  readonly #url: URL;
  readonly #dialling: AbortController = new AbortController();
  readonly #handlers: EventHandlers = new EventHandlers(this);
  readonly #outgoing: Outgoing;
  #websocket: Websocket | undefined;
  #readyState: State = states.CONNECTING;
  #binaryType: BinaryType = 'blob';
  #protocol = '';
  #extensions = '';
  /** Why we gave it up, if we did. */
  #failure: Error | undefined;
  /** Tasks that have not come to their end. */
  #tasks = 0;

  /**
   * @param url Absolute: a program has no address for it to begin from.
   * @param options For programs: browsers ignore a third argument. What is wrong in it comes as `error`.
   */
  constructor(
    url: string | URL,
    protocols: string | Iterable<string> = [],
    options: ProgramOptions = {},
  ) {
    // biome-ignore lint/complexity/noArguments: undefined is a value, and becomes a text.
    if (arguments.length === 0) {
      throw new TypeError('a URL is needed');
    }
    super();
    const address = toScalarText(url);
    const subprotocols = toTexts(protocols);
    this.#url = readUrl(address);
    checkProtocols(subprotocols);
    const { maxBufferedBytes = sendingDefaults.maxBufferedBytes } = options;
    this.#outgoing = new Outgoing(maxBufferedBytes, (error) => this.#fail(error));
    dial(this.#url, { ...options, subprotocols, signal: this.#dialling.signal }).then(
      (websocket) => this.#establish(websocket),
      (error: Error) => this.#queue(() => this.#lose(error)),
    );
  }

  get url(): string {
    return this.#url.href;
  }

  get readyState(): State {
    // The server's Close is noticed when everything that came before it has been told.
    const isEnding = this.#tasks === 0 && this.#websocket?.state === 'closing';
    return isEnding && this.#readyState === states.OPEN ? states.CLOSING : this.#readyState;
  }

  /** Bytes of payload that have not left; with them those that never will, because they were sent too late. */
  get bufferedAmount(): number {
    return this.#outgoing.bufferedAmount;
  }

  /** As the server said it: empty unless the option `compression` offered one. */
  get extensions(): string {
    return this.#extensions;
  }

  get protocol(): string {
    return this.#protocol;
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(value: BinaryType) {
    const type = toScalarText(value);
    if (type === 'blob' || type === 'arraybuffer') {
      this.#binaryType = type;
    }
  }

  get onopen(): Handler<this, Event> {
    return this.#handlers.get('open') as Handler<this, Event>;
  }

  set onopen(handler: Handler<this, Event>) {
    this.#handlers.set('open', handler);
  }

  get onmessage(): Handler<this, MessageEvent> {
    return this.#handlers.get('message') as Handler<this, MessageEvent>;
  }

  set onmessage(handler: Handler<this, MessageEvent>) {
    this.#handlers.set('message', handler);
  }

  get onerror(): Handler<this, WebSocketErrorEvent> {
    return this.#handlers.get('error') as Handler<this, WebSocketErrorEvent>;
  }

  set onerror(handler: Handler<this, WebSocketErrorEvent>) {
    this.#handlers.set('error', handler);
  }

  get onclose(): Handler<this, CloseEvent> {
    return this.#handlers.get('close') as Handler<this, CloseEvent>;
  }

  set onclose(handler: Handler<this, CloseEvent>) {
    this.#handlers.set('close', handler);
  }

  /** Bytes are taken as they are now: afterwards they may be changed. A Blob leaves when it has been read, and what is sent later after it. */
  send(data: string | Blob | ArrayBuffer | ArrayBufferView): void {
    // biome-ignore lint/complexity/noArguments: undefined is a value, and becomes a text.
    if (arguments.length === 0) {
      throw new TypeError('something to send is needed');
    }
    const converted = toData(data);
    const state = this.readyState;
    if (state === states.CONNECTING) {
      throw new DOMException('it is still connecting', 'InvalidStateError');
    }
    this.#outgoing.send(converted, state !== states.OPEN);
  }

  /**
   * @param code 1000, or 3000 to 4999. Without, the Close frame says nothing.
   * @param reason At most 123 bytes of UTF-8.
   */
  close(...[code, reason]: [code?: number, reason?: string]): void {
    const words = closeWords(
      code === undefined ? undefined : toClampedShort(code),
      reason === undefined ? undefined : toScalarText(reason),
    );
    if (this.#readyState === states.CONNECTING) {
      this.#fail(new Error('it was closed before it was open'));
    } else if (this.#readyState === states.OPEN) {
      this.#readyState = states.CLOSING;
      this.#outgoing.close(words);
    }
  }

  #establish(websocket: Websocket): void {
    this.#websocket = websocket;
    this.#outgoing.open(websocket);
    websocket.on('message', (message) => this.#queue(() => this.#receive(message)));
    websocket.on('closed', (why) => this.#queue(() => this.#end(why)));
    if (this.#readyState === states.CONNECTING) {
      this.#queue(() => this.#open(websocket));
    } else {
      websocket.terminate();
    }
  }

  #open({ subprotocol, extensions }: Websocket): void {
    // Unless it was closed in between.
    if (this.#readyState === states.CONNECTING) {
      this.#readyState = states.OPEN;
      this.#protocol = subprotocol ?? '';
      this.#extensions = extensions;
      this.dispatchEvent(new Event('open'));
    }
  }

  #receive(message: Message): void {
    if (this.#readyState === states.OPEN) {
      const data = typeof message === 'string' ? message : this.#pack(message);
      this.dispatchEvent(new MessageEvent('message', { data, origin: this.#url.origin }));
    }
  }

  #pack(message: Buffer): Blob | ArrayBuffer {
    if (this.#binaryType === 'blob') {
      return new Blob([message]);
    }
    const { buffer, byteOffset, byteLength } = message;
    return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#readyState = states.CLOSING;
    if (this.#websocket === undefined) {
      this.#dialling.abort(error);
    } else {
      this.#websocket.terminate();
    }
  }

  #end(why: Closing): void {
    if (!why.clean) {
      this.#lose(lossOf(why));
      return;
    }
    const { code, reason } = why;
    this.#readyState = states.CLOSED;
    this.#outgoing.end();
    this.dispatchEvent(new CloseEvent('close', { wasClean: true, code, reason }));
  }

  /** It never opened, or did not close cleanly. */
  #lose(error: Error): void {
    this.#readyState = states.CLOSED;
    this.#outgoing.end();
    this.dispatchEvent(errorEvent(this.#failure ?? error));
    this.dispatchEvent(new CloseEvent('close', { code: 1006 }));
  }

  #queue(task: () => void): void {
    this.#tasks += 1;
    setImmediate(() => {
      task();
      this.#tasks -= 1;
    });
  }
}
asInterface(WebSocket, states);
