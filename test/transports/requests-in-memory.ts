/**
 * Plain requests without a network: transports that answer at paths, and the `fetch` that reaches them, in one process.
 * In: what transports give to an endpoint, and requests. Out: answers, as they are written, in turns of the microtask queue: what turns a clock by
 * hand stays in charge. Fails: whoever asks at a path that nobody serves is rejected.
 */
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Endpoint } from '../../src/endpoint/index.ts';
import { HeaderList } from '../../src/protocol/index.ts';

type PlainHandler = Parameters<Endpoint['answer']>[2];

const origin = 'http://memory';

export class RequestsInMemory {
  /** What a transport takes for its endpoint, of which it uses this. */
  readonly endpoint: Endpoint;
  readonly fetch: typeof globalThis.fetch = (url, options) =>
    this.ask(String(url as string), options ?? {});
  private readonly handlers = new Map<string, PlainHandler>();

  constructor() {
    const answer: Endpoint['answer'] = (path, _, handler) => void this.handlers.set(path, handler);
    this.endpoint = { answer } as Endpoint;
  }

  private ask(url: string, { method = 'GET', headers, body, signal }: RequestInit) {
    const { pathname: path, search, searchParams: query } = new URL(url, origin);
    const handler = this.handlers.get(path);
    if (handler === undefined) {
      return Promise.reject(new Error(`nobody serves ${path}`));
    }
    const fields = Object.entries((headers ?? {}) as Readonly<Record<string, string>>).flat();
    const incoming = new Incoming(typeof body === 'string' ? body : '');
    const response = new Outgoing();
    signal?.addEventListener('abort', () => response.break());
    handler({
      method,
      target: path + search,
      httpVersion: '1.1',
      path,
      query,
      headers: new HeaderList(fields),
      address: '192.0.2.1',
      secure: false,
      incoming: incoming as unknown as IncomingMessage,
      response: response as unknown as ServerResponse,
    });
    queueMicrotask(() => incoming.come());
    return response.answer;
  }
}

class Incoming extends EventEmitter {
  readonly headers = {};
  readonly httpVersionMajor = 1;
  complete = false;
  private readonly body: string;

  constructor(body: string) {
    super();
    this.body = body;
  }

  pause(): void {
    // All of it has come.
  }

  come(): void {
    this.emit('data', Buffer.from(this.body));
    this.complete = true;
    this.emit('end');
  }
}

/** As Node's, of which transports use this much. */
class Outgoing extends EventEmitter {
  readonly answer: Promise<Response>;
  destroyed = false;
  writableEnded = false;
  private readonly body: Body = new Body(() => this.destroy());
  private begin!: (answer: Response) => void;
  private refuse!: (why: Error) => void;

  constructor() {
    super();
    this.answer = new Promise((resolve, reject) => {
      this.begin = resolve;
      this.refuse = reject;
    });
  }

  writeHead(status: number): void {
    this.begin({ status, body: this.body } as unknown as Response);
  }

  write(text: string, written?: () => void): boolean {
    if (text !== '') {
      this.body.put({ done: false, value: Buffer.from(text) });
    }
    queueMicrotask(() => written?.());
    return true;
  }

  end(text = '', ended?: () => void): void {
    this.write(text);
    this.body.put({ done: true, value: undefined });
    this.writableEnded = true;
    queueMicrotask(() => {
      ended?.();
      this.destroy();
    });
  }

  /** The peer has gone. */
  break(): void {
    if (!this.destroyed && !this.writableEnded) {
      this.refuse(new Error('aborted'));
      this.body.break();
      this.destroy();
    }
  }

  destroy(): void {
    if (!this.destroyed) {
      this.destroyed = true;
      this.emit('close');
    }
  }
}

type Chunk = { readonly done: boolean; readonly value: Uint8Array | undefined };

/** As a stream of the web that has one reader, of which clients use this much: a tenth of its work. */
class Body {
  private readonly chunks: Chunk[] = [];
  private readonly cancelled: () => void;
  private waiting: { give: (chunk: Chunk) => void; fail: (why: Error) => void } | undefined;
  private isBroken = false;

  constructor(cancelled: () => void) {
    this.cancelled = cancelled;
  }

  getReader(): this {
    return this;
  }

  read(): Promise<Chunk> {
    return new Promise((give, fail) => {
      this.waiting = { give, fail };
      this.settle();
    });
  }

  async cancel(): Promise<void> {
    this.cancelled();
  }

  put(chunk: Chunk): void {
    this.chunks.push(chunk);
    this.settle();
  }

  break(): void {
    this.isBroken = true;
    this.settle();
  }

  private settle(): void {
    const { waiting } = this;
    if (waiting !== undefined && (this.isBroken || this.chunks.length > 0)) {
      this.waiting = undefined;
      if (this.isBroken) {
        waiting.fail(new Error('aborted'));
      } else {
        waiting.give(this.chunks.shift()!);
      }
    }
  }
}
