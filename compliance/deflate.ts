/**
 * Compression as the peer speaks it (RFC 7692): a zlib stream that lives as long as the connection, and the reading of what was
 * agreed. Shares nothing with the subject, which has no streams.
 * In: messages, heads. Out: payloads; what both sides keep to.
 */
import { once } from 'node:events';
import { constants, createDeflateRaw, type DeflateRaw } from 'node:zlib';

export interface Side {
  readonly windowBits: number;
  readonly takeover: boolean;
}

export interface AgreedSides {
  readonly server: Side;
  readonly client: Side;
}

/** What an answer says, when it has nothing that it may not have; undefined without compression. @throws {Error} */
export function agreedSides(answer: string | undefined): AgreedSides | undefined {
  if (answer === undefined) {
    return undefined;
  }
  const [name, ...rest] = answer.split(';').map((part) => part.trim());
  const said = new Map(rest.map((part) => part.split('=') as [string, string | undefined]));
  const known = ['server', 'client'].flatMap((side) => [
    `${side}_no_context_takeover`,
    `${side}_max_window_bits`,
  ]);
  if (name !== 'permessage-deflate' || [...said.keys()].some((key) => !known.includes(key))) {
    throw new Error(`no answer to an offer of compression: ${answer}`);
  }
  const side = (which: string): Side => ({
    windowBits: Number(said.get(`${which}_max_window_bits`) ?? 15),
    takeover: !said.has(`${which}_no_context_takeover`),
  });
  return { server: side('server'), client: side('client') };
}

/** One zlib stream for all messages of a connection, as most others do it. */
export class StreamDeflater {
  private readonly stream: DeflateRaw;
  private readonly takesOver: boolean;
  private parts: Buffer[] = [];

  constructor({ windowBits, takeover }: Side) {
    // Level 1: it is the subject that is tested here.
    this.stream = createDeflateRaw({ windowBits, level: 1 });
    this.takesOver = takeover;
    this.stream.on('data', (part: Buffer) => this.parts.push(part));
  }

  async message(plain: Buffer): Promise<Buffer> {
    if (!this.takesOver) {
      this.stream.reset();
    }
    this.parts = [];
    if (plain.length > 0 && !this.stream.write(plain)) {
      await once(this.stream, 'drain');
    }
    await new Promise<void>((resolve) => this.stream.flush(constants.Z_SYNC_FLUSH, resolve));
    const flushed = Buffer.concat(this.parts);
    // A second flush with nothing between gives nothing: an empty block it is all the same (§7.2.3.6).
    return flushed.length === 0 ? Buffer.of(0) : flushed.subarray(0, -4);
  }

  end(): void {
    this.stream.close();
  }
}
