/**
 * A stream of HTTP/2 becomes a websocket, or is refused (RFC 8441 §5, on Node's HTTP/2 server).
 * In: Node's `stream` event. Out: a websocket for the mount's handler. Fails: by answering the peer; whatever the peer does
 * meanwhile, nothing is thrown and nothing is left open.
 */
import {
  constants,
  type Http2SecureServer,
  type Http2Server,
  Http2ServerRequest,
  Http2ServerResponse,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import {
  acceptExtended,
  type ExtendedAcceptance,
  type Refusal,
  readFieldSection,
  refusalSection,
} from '../protocol/index.ts';
import { judge, linger, lingerMs, type Reception, welcome } from './judge.ts';
import { requestOfStream } from './request.ts';
import { gatherUnread } from './unread-data.ts';

/** Node's `stream` event. */
export interface Arrival {
  readonly stream: ServerHttp2Stream;
  readonly rawHeaders: readonly string[];
}

/** Listens for streams, with their fields as they came. Gives how to stop. */
export function onStream(
  server: Http2Server | Http2SecureServer,
  listener: (arrival: Arrival, headers: IncomingHttpHeaders) => void,
): () => void {
  // Node's types leave the last argument out.
  const told = (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    _flags: number,
    ...[rawHeaders = []]: string[][]
  ): void => listener({ stream, rawHeaders }, headers);
  server.on('stream', told);
  return () => server.off('stream', told);
}

/** What Node gives to listeners for `request`, without becoming one: its server would answer each CONNECT then. */
export function exchangeOn(
  { stream, rawHeaders }: Arrival,
  headers: IncomingHttpHeaders,
): { readonly incoming: Http2ServerRequest; readonly response: Http2ServerResponse } {
  gatherUnread(stream);
  return {
    incoming: new Http2ServerRequest(stream, headers, {}, rawHeaders),
    response: new Http2ServerResponse(stream),
  };
}

const nothing: Uint8Array = new Uint8Array(0);

/**
 * Decides a pass of the event loop later: a stream that is reset in the packet that opened it asks nobody anything (THREATS D18), and
 * one that somebody else has answered by then is left alone.
 */
export function acceptStream(arrival: Arrival, reception: Reception): void {
  const { stream } = arrival;
  // Before anything else: a reset at any point of the handshake must find a listener.
  stream.on('error', ignore);
  gatherUnread(stream);
  setImmediate(() => {
    if (!isGone(stream) && !stream.headersSent) {
      void decide(arrival, reception);
    }
  });
}

/** Never rejects. */
async function decide({ stream, rawHeaders }: Arrival, reception: Reception): Promise<void> {
  const fields = readFieldSection(rawHeaders);
  const request = requestOfStream(fields, stream);
  await judge<ExtendedAcceptance>(
    {
      socket: stream,
      request,
      hasTooManyFields: rawHeaders.length / 2 > reception.handshake.maxHeaders,
      accept: (options) => acceptExtended(fields, options),
      open({ status, fields: answer, agreed }, mount) {
        stream.respond({ ':status': status, ...answer });
        endWithPeer(stream, reception);
        welcome(
          { socket: stream, request, agreed, mount, head: nothing, already: nothing },
          reception,
        );
      },
      refuse: (refusal) => refuse(stream, refusal, reception),
    },
    reception,
  );
}

/**
 * Answers, and ends the stream. The connection goes on.
 * @throws {UsageError} `HEADER_INVALID` for a field that cannot be sent.
 */
function refuse(stream: ServerHttp2Stream, refusal: Refusal, reception: Reception): void {
  const fields = refusalSection(refusal);
  if (!isGone(stream)) {
    stream.respond({ ':status': refusal.status, ...fields });
    stream.end(`${refusal.message}\n`);
    linger(stream, reception);
  }
}

/**
 * Some peers take our END_STREAM for the end of both sides, and never send theirs (Firefox 153): after a while we say so too
 * (RFC 9113 §8.1). Not at once: a peer that ends its side itself need not meet a reset.
 */
function endWithPeer(stream: ServerHttp2Stream, { clock }: Reception): void {
  stream.once('finish', () => {
    const cancel = clock.after(lingerMs, () => stream.close(constants.NGHTTP2_NO_ERROR));
    stream.once('close', cancel);
  });
}

function isGone(stream: ServerHttp2Stream): boolean {
  return stream.destroyed || stream.closed;
}

function ignore(): void {
  // What a stream has to say in errors it says in `close` as well.
}
