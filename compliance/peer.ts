/**
 * A WebSocket peer of our own over a TCP socket, for either role (RFC 6455), or as a client on a
 * stream of HTTP/2 (RFC 8441): it sends what a case tells it, in the pieces a case tells it, and records what comes back. It shares no line with the
 * subject.
 * In: frames and byte counts. Out: events, the Close frame, and how TCP ended. Fails only in the
 * opening handshake.
 */
import type { ClientHttp2Stream } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { type AgreedSides, agreedSides, StreamDeflater } from './deflate.ts';
import { close, encode, type Frame, opcodes, pong } from './frames.ts';
import { extensionsOf, faultOfRequest, faultOfResponse, request, response } from './handshake.ts';
import { StrictInflater } from './inflate.ts';
import { FrameReader } from './reader.ts';

/** The role of the subject; the peer plays the other one. */
export type Role = 'server' | 'client';

/** What carries the frames. */
export type Transport = 'HTTP/1.1' | 'HTTP/2';

/** How bytes are cut into TCP writes: all in one, one for each frame, or so many bytes each. */
export type Chop = 'none' | 'frames' | number;

export interface Opening {
  /** Frames that leave in the same write as our half of the handshake. */
  readonly early?: readonly Frame[];
  readonly chop?: Chop;
  /** The peer wants compression: what it offers as a client, and what it answers as a server. */
  readonly deflate?: { readonly offer: string; readonly answer: string | undefined };
}

/** `gave up`: the case's time was over and the peer cut the connection. */
export type TcpState = 'open' | 'ended' | 'reset' | 'gave up';

/** No head of a handshake is longer than this here. */
const maxHeadBytes = 16 * 1024;

export class Peer {
  readonly reader: FrameReader;
  tcp: TcpState = 'open';

  private readonly socket: Socket | ClientHttp2Stream;
  private readonly subject: Role;
  private readonly waiting = new Set<() => void>();
  private head: Buffer | undefined = Buffer.alloc(0);
  private finSeen = false;
  private closeSent = false;
  private deflater: StreamDeflater | undefined;

  private constructor(socket: Socket | ClientHttp2Stream, subject: Role) {
    this.socket = socket;
    this.subject = subject;
    this.reader = new FrameReader(subject === 'client');
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('end', () => {
      this.finSeen = true;
    });
    // Told by 'close' as well, which follows: the end is recorded there.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.tcp === 'open') {
        // A stream of HTTP/2 says `end` when it is reset, too.
        const isReset = 'rstCode' in socket && socket.rstCode !== 0;
        this.tcp = this.finSeen && !isReset ? 'ended' : 'reset';
      }
      this.deflater?.end();
      this.changed();
    });
  }

  /**
   * Opens a connection to a subject that is a server. @throws {Error} When it answers wrongly or
   * not at all.
   */
  static async dial(port: number, opening: Opening = {}): Promise<Peer> {
    const socket = connect({ port, host: '127.0.0.1' });
    const peer = new Peer(socket.setNoDelay(true), 'server');
    const offer = opening.deflate?.offer;
    await peer.write([Buffer.from(request(port, offer)), ...peer.encodeEarly(opening)], opening);
    await peer.finishHandshake(
      (head) => faultOfResponse(head, offer),
      (head) => peer.agree(agreedSides(extensionsOf(head))),
    );
    return peer;
  }

  /** Accepts a subject that is a client. @throws {Error} When its request is wrong. */
  static async accept(socket: Socket, opening: Opening = {}): Promise<Peer> {
    const peer = new Peer(socket.setNoDelay(true), 'client');
    const head = await peer.finishHandshake(faultOfRequest);
    const answer = opening.deflate?.answer;
    peer.agree(agreedSides(answer));
    await peer.write([Buffer.from(response(head, answer)), ...peer.encodeEarly(opening)], opening);
    return peer;
  }

  /**
   * Speaks on a stream of HTTP/2, which a subject that is a server has been asked for.
   * @throws {Error} When it does not answer with 200, or not at all.
   */
  static async onStream(stream: ClientHttp2Stream, opening: Opening = {}): Promise<Peer> {
    const peer = new Peer(stream, 'server');
    peer.head = undefined;
    // RFC 8441 §5: END_STREAM is the FIN of TCP, which a socket of Node answers by itself.
    stream.on('end', () => stream.end());
    let status: unknown;
    stream.once('response', (fields) => {
      status = fields[':status'];
      peer.changed();
    });
    await peer.write(peer.encodeEarly(opening), opening);
    await peer.until(() => status !== undefined);
    if (status !== 200) {
      peer.giveUp();
      throw new Error(`the subject's handshake: the status is ${String(status)}`);
    }
    return peer;
  }

  /** The subject has said its last word, or TCP is gone. */
  get isOver(): boolean {
    return this.reader.close !== undefined || this.tcp !== 'open';
  }

  async send(frames: readonly Frame[], chop: Chop): Promise<void> {
    this.closeSent ||= frames.some((each) => each.opcode === opcodes.close);
    const masks = this.subject === 'server';
    if (chop === 'frames') {
      await this.write(
        frames.map((each) => encode([each], masks)),
        { chop },
      );
    } else {
      await this.write([encode(frames, masks)], { chop });
    }
  }

  /** A message as the payload of a compressed one; undefined when that was not agreed, which is then wrong. */
  async deflated(message: Buffer): Promise<Buffer | undefined> {
    if (this.deflater === undefined) {
      this.reader.wrong.push('compression was not agreed (RFC 7692 §5.1)');
    }
    return this.deflater?.message(message);
  }

  async sendRaw(bytes: Buffer, chop: Chop): Promise<void> {
    await this.write([bytes], { chop });
  }

  /** Resolves once `isSo`, or when nothing more can come. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo() && this.tcp === 'open') {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  giveUp(): void {
    if (this.tcp === 'open') {
      this.tcp = 'gave up';
    }
    this.socket.destroy();
    this.changed();
  }

  private encodeEarly({ early = [] }: Opening): Buffer[] {
    this.closeSent ||= early.some((each) => each.opcode === opcodes.close);
    return early.length === 0 ? [] : [encode(early, this.subject === 'server')];
  }

  /**
   * One TCP write for each piece. The subject, in the same process, gets a turn to read it before
   * the next one.
   */
  private async write(runs: readonly Buffer[], { chop = 'none' }: Opening): Promise<void> {
    for (const piece of pieces(runs, chop)) {
      if (this.tcp !== 'open' || !this.socket.writable) {
        return;
      }
      this.socket.write(piece);
      if (chop !== 'none') {
        await turnOfTheLoop();
      }
      if (this.socket.writableNeedDrain) {
        await this.drained();
      }
    }
  }

  private async drained(): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        this.socket.off('drain', done).off('close', done);
        resolve();
      };
      this.socket.on('drain', done).on('close', done);
    });
  }

  private agree(sides: AgreedSides | undefined): void {
    if (sides !== undefined) {
      const [own, its] = this.subject === 'server' ? ['client', 'server'] : ['server', 'client'];
      this.deflater = new StreamDeflater(sides[own as Role]);
      this.reader.inflater = new StrictInflater(sides[its as Role]);
    }
  }

  /** @param begin Called before anything behind the head is read. */
  private async finishHandshake(
    faultOf: (head: string) => string | undefined,
    begin: (head: string) => void = () => undefined,
  ): Promise<string> {
    let end = -1;
    const isWhole = () => {
      end = this.head?.indexOf('\r\n\r\n') ?? -1;
      return end >= 0 || (this.head?.length ?? 0) > maxHeadBytes;
    };
    await this.until(isWhole);
    const bytes = this.head ?? Buffer.alloc(0);
    const head = bytes.toString('latin1', 0, Math.max(end, 0));
    const fault = end < 0 ? 'no whole head came' : faultOf(head);
    if (fault !== undefined) {
      this.giveUp();
      throw new Error(`the subject's handshake: ${fault}`);
    }
    begin(head);
    this.head = undefined;
    if (bytes.length > end + 4) {
      this.read(bytes.subarray(end + 4));
    }
    return head;
  }

  private read(chunk: Buffer): void {
    if (this.head !== undefined) {
      this.head = Buffer.concat([this.head, chunk]);
      this.changed();
      return;
    }
    this.reader.feed(chunk);
    this.answer();
    this.changed();
  }

  /**
   * What any peer owes: a pong for a ping (§5.5.2), a Close for a Close (§5.5.1), and a server's
   * end of TCP (§7.1.1).
   */
  private answer(): void {
    const owed = this.reader.pings.splice(0).map((payload) => pong(payload));
    if (this.reader.close !== undefined && !this.closeSent) {
      this.closeSent = true;
      owed.push(close(this.reader.close.code));
    }
    if (owed.length > 0 && this.socket.writable) {
      this.socket.write(encode(owed, this.subject === 'server'));
    }
    if (this.reader.close !== undefined && this.subject === 'client') {
      this.socket.end();
    }
  }

  private changed(): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const resume of waiting) {
      resume();
    }
  }
}

function* pieces(runs: readonly Buffer[], chop: Chop): Generator<Buffer> {
  if (chop === 'none') {
    yield Buffer.concat(runs);
    return;
  }
  for (const run of runs) {
    const size = chop === 'frames' ? Math.max(run.length, 1) : chop;
    for (let at = 0; at < run.length; at += size) {
      yield run.subarray(at, at + size);
    }
  }
}
