/**
 * A pipe that takes what it is told to take, and a gateway that only remembers.
 * In: what a test wants. Out: what went over the pipe. Cannot fail.
 */
import type { Shared } from '../../../src/ground/shared.ts';
import type { FrontDesk, Gateway, Payload, Pipe, PipeListener } from '../../../src/ports/index.ts';
import type { Disconnect } from '../../../src/wire/index.ts';

/** What is sent stays in it until it is told to flow. */
export class SlowPipe implements Pipe {
  readonly name = 'test';
  readonly address = '192.0.2.1';
  readonly handshake = { headers: { cookie: 'login=1' }, url: '/' };
  bufferedBytes = 0;
  readonly sent: Payload[] = [];
  readonly closings: Disconnect[] = [];
  /** How much of what is sent stays. */
  share = 0;
  private readonly waiting: (() => void)[] = [];

  send({ value }: Shared<Payload>): void {
    this.sent.push(value);
    this.bufferedBytes += value.length * this.share;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  close(why: Disconnect): void {
    this.closings.push(why);
  }

  get waits(): number {
    return this.waiting.length;
  }

  async flow(): Promise<void> {
    this.bufferedBytes = 0;
    for (const resolve of this.waiting.splice(0)) {
      resolve();
    }
    await settled();
  }
}

export interface Heard {
  readonly pipe: Pipe;
  readonly payloads: Payload[];
  closings: number;
}

/** Remembers the pipes that it was opened on. */
export function remembering(subprotocol: string, opened: (heard: Heard) => void): Gateway {
  return {
    subprotocol,
    open(pipe): PipeListener {
      const heard: Heard = { pipe, payloads: [], closings: 0 };
      opened(heard);
      return {
        received: (payload) => void heard.payloads.push(payload),
        closed() {
          heard.closings += 1;
        },
      };
    },
  };
}

export const nobody: FrontDesk = {
  post: { node: 'n', follow: async () => () => undefined, send: async () => undefined },
  open() {
    throw new Error('no gateway asks for a session here');
  },
};

export async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) {
    await Promise.resolve();
  }
}
