/**
 * The class `WebSocketStream`, shaped as in Chromium: https://developer.mozilla.org/docs/Web/API/WebSocketStream.
 * In: a URL. Out: promises of two streams and of how it closed. Fails: misuse throws `DOMException` and `TypeError`; what the server
 * or the world does wrong rejects with `WebSocketError`, whose `cause` says more. Nobody has to listen to a rejection.
 */
import { type Closing, dial, type Websocket } from '../endpoint/index.ts';
import { checkProtocols, readUrl } from './addresses.ts';
import { toDictionary, toScalarText, toTextSequence } from './conversions.ts';
import { lossOf } from './events.ts';
import { asInterface } from './interfaces.ts';
import type { ProgramOptions } from './options.ts';
import { StreamPair } from './stream-pair.ts';
import {
  lostError,
  neverOpenError,
  readCloseInfo,
  type WebSocketCloseInfo,
} from './websocket-error.ts';

/** https://websockets.spec.whatwg.org/#dictdef-websocketstreamoptions, and what a program may choose besides. */
export interface WebSocketStreamOptions extends ProgramOptions {
  /** Subprotocols to offer, best first. @default [] */
  readonly protocols?: Iterable<string>;
  /** Gives up while it is connecting; afterwards it does nothing. */
  readonly signal?: AbortSignal;
}

/** https://websockets.spec.whatwg.org/#dictdef-websocketopeninfo */
export interface WebSocketOpenInfo {
  readonly extensions: string;
  readonly protocol: string;
  /** One chunk is one message: text is a string. */
  readonly readable: ReadableStream<string | Uint8Array>;
  /** Text for a string, bytes for a view or buffer; of anything else the text that it converts to. */
  readonly writable: WritableStream<unknown>;
}

interface Promised<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

/** https://websockets.spec.whatwg.org/#websocketstream */
export class WebSocketStream {
  readonly #url: URL;
  readonly #opened: Promised<WebSocketOpenInfo> = promised();
  readonly #closed: Promised<Required<WebSocketCloseInfo>> = promised();
  readonly #dialling: AbortController = new AbortController();
  #pair: StreamPair | undefined;

  /** @param url Absolute. @param options Besides the standard's, those for programs, which browsers ignore. */
  constructor(url: string | URL, options: WebSocketStreamOptions = {}) {
    // biome-ignore lint/complexity/noArguments: undefined is a value, and becomes a text.
    if (arguments.length === 0) {
      throw new TypeError('a URL is needed');
    }
    const address = toScalarText(url);
    const { protocols = [], signal, ...more } = toDictionary(options);
    const subprotocols = toTextSequence(protocols);
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new TypeError('the signal must be an AbortSignal');
    }
    this.#url = readUrl(address);
    checkProtocols(subprotocols);
    this.#connect({ ...more, subprotocols }, signal);
  }

  get url(): string {
    return this.#url.href;
  }

  get opened(): Promise<WebSocketOpenInfo> {
    return this.#opened.promise;
  }

  /** Resolves with what the server's Close frame said, 1005 for nothing. */
  get closed(): Promise<Required<WebSocketCloseInfo>> {
    return this.#closed.promise;
  }

  /** What the server sends meanwhile is dropped. */
  close(info: WebSocketCloseInfo = {}): void {
    const words = readCloseInfo(info);
    if (this.#pair === undefined) {
      this.#dialling.abort();
    } else {
      this.#pair.close(words);
    }
  }

  #connect(options: object, signal: AbortSignal | undefined): void {
    const dialling = this.#dialling;
    const onAbort = (): void => dialling.abort();
    if (signal?.aborted === true) {
      onAbort();
    }
    signal?.addEventListener('abort', onAbort);
    dial(this.#url, { ...options, signal: dialling.signal })
      .finally(() => signal?.removeEventListener('abort', onAbort))
      .then((websocket) => this.#establish(websocket))
      .catch((error: Error) => this.#refuse(error, signal));
  }

  #establish(websocket: Websocket): void {
    if (this.#dialling.signal.aborted) {
      // In the moment between.
      websocket.terminate();
      throw new Error('it was closed before it was open');
    }
    const pair = new StreamPair(websocket);
    this.#pair = pair;
    websocket.on('message', (message) => pair.receive(message));
    websocket.on('closed', (why) => this.#end(why, pair));
    const { readable, writable } = pair;
    const protocol = websocket.subprotocol ?? '';
    const { extensions } = websocket;
    this.#opened.resolve({ extensions, protocol, readable, writable });
  }

  #refuse(error: Error, signal: AbortSignal | undefined): void {
    const isAborted = signal?.aborted === true;
    this.#opened.reject(isAborted ? signal.reason : neverOpenError(error));
    this.#closed.reject(isAborted ? signal.reason : lostError(error));
  }

  #end(why: Closing, pair: StreamPair): void {
    if (why.clean) {
      pair.end(undefined);
      this.#closed.resolve({ closeCode: why.code, reason: why.reason });
    } else {
      const error = lostError(lossOf(why));
      pair.end(error);
      this.#closed.reject(error);
    }
  }
}
asInterface(WebSocketStream);

function promised<Value>(): Promised<Value> {
  let resolve!: (value: Value) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<Value>((resolves, rejects) => {
    resolve = resolves;
    reject = rejects;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
