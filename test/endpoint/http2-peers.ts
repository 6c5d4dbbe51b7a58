/** Servers of HTTP/2 with a websocket at `/`, and clients of Node's own that ask for it. */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { onTestFinished } from 'vitest';
import type {
  Endpoint,
  EndpointOptions,
  Http2Options,
  MountOptions,
  Websocket,
} from '../../src/endpoint/index.ts';
import { makeCertificate } from './certificates.ts';
import { eventually, type Handler, newEndpoint, parseFrames, type RawFrame } from './support.ts';

export const tls: { readonly key: string; readonly cert: string } = makeCertificate({
  names: ['localhost'],
  addresses: ['127.0.0.1'],
});

export interface ServedHttp2 {
  readonly endpoint: Endpoint;
  readonly port: number;
  /** Those that were opened and not asked for yet, oldest first. */
  readonly accepted: () => Promise<Websocket>;
}

export async function serveHttp2(
  options: MountOptions = {},
  handler: Handler = () => {},
  endpointOptions: EndpointOptions & { readonly http2?: Http2Options } = {},
): Promise<ServedHttp2> {
  const { http2 = true, ...others } = endpointOptions;
  const endpoint = newEndpoint(others);
  const opened: Websocket[] = [];
  endpoint.mount('/', options, (websocket, request) => {
    opened.push(websocket);
    handler(websocket, request);
  });
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1', tls, http2 });
  return {
    endpoint,
    port,
    async accepted() {
      await eventually(() => opened.length > 0);
      return opened.shift()!;
    },
  };
}

/** A session whose server has said that it knows extended CONNECT (RFC 8441 §3). */
export async function sessionWith(
  port: number,
  { initialWindowSize = 65_535, secure = true } = {},
): Promise<ClientHttp2Session> {
  const session = connect(`${secure ? 'https' : 'http'}://localhost:${port}`, {
    ca: tls.cert,
    settings: { initialWindowSize },
    // What a test leaves unread must not end its session.
    maxSessionMemory: 1000,
    lookup: (_name, _options, told) => told(null, [{ address: '127.0.0.1', family: 4 }]),
  });
  onTestFinished(() => session.destroy());
  session.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    session.once('remoteSettings', () => resolve());
    session.once('error', reject);
  });
  return session;
}

/** Fields that ask for a websocket; undefined leaves one out. */
export function askFields(more: OutgoingHttpHeaders = {}): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = {
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':scheme': 'https',
    ':path': '/',
    ':authority': 'localhost',
    'sec-websocket-version': '13',
    ...more,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

type Answer = IncomingHttpHeaders & IncomingHttpStatusHeader;

/** One stream, which says what it is told to say, and keeps what it hears. */
export class StreamPeer {
  readonly session: ClientHttp2Session;
  readonly stream: ClientHttp2Stream;
  answer: Answer | undefined;
  heard: Buffer = Buffer.alloc(0);
  hasEnded = false;
  hasClosed = false;

  constructor(session: ClientHttp2Session, more: OutgoingHttpHeaders = {}) {
    this.session = session;
    this.stream = session.request(askFields(more), { endStream: false });
    this.stream.on('error', () => {});
    this.stream.on('response', (answer) => {
      this.answer = answer;
    });
    this.stream.on('data', (chunk: Buffer) => {
      this.heard = Buffer.concat([this.heard, chunk]);
    });
    this.stream.on('end', () => {
      this.hasEnded = true;
    });
    this.stream.on('close', () => {
      this.hasClosed = true;
    });
  }

  /** A session of its own, and through the handshake. */
  static async open(port: number, more: OutgoingHttpHeaders = {}): Promise<StreamPeer> {
    const peer = new StreamPeer(await sessionWith(port), more);
    const status = await peer.status();
    if (status !== 200) {
      throw new Error(`the server answered ${status}`);
    }
    return peer;
  }

  async status(): Promise<number | undefined> {
    await eventually(() => this.answer !== undefined || this.hasClosed);
    return this.answer?.[':status'];
  }

  write(...bytes: readonly Uint8Array[]): void {
    this.stream.write(Buffer.concat(bytes));
  }

  async frames(count: number): Promise<RawFrame[]> {
    await eventually(() => parseFrames(this.heard).frames.length >= count || this.hasEnded);
    const { frames, size } = parseFrames(this.heard);
    this.heard = this.heard.subarray(size);
    return frames;
  }

  async ended(): Promise<void> {
    await eventually(() => this.hasEnded || this.hasClosed);
  }

  async closed(): Promise<void> {
    await eventually(() => this.hasClosed);
  }
}
