/**
 * A pipe and a hub that only remember, for the tests of gateways.
 * In: a gateway. Out: what it did to both. Cannot fail.
 */
import type { Shared } from '../../src/ground/shared.ts';
import type {
  Desk,
  FrontDesk,
  Gateway,
  Outlet,
  Payload,
  Pipe,
  PipeListener,
} from '../../src/ports/index.ts';
import type { ClientMessage, Disconnect } from '../../src/wire/index.ts';

export class TestPipe implements Pipe {
  readonly name = 'test';
  readonly address = '192.0.2.1';
  bufferedBytes = 0;
  readonly sent: Shared<Payload>[] = [];
  readonly log: unknown[] = [];

  send(payload: Shared<Payload>): void {
    this.sent.push(payload);
    this.log.push(payload.value);
  }

  async drained(): Promise<void> {
    this.log.push('drained');
  }

  close(why: Disconnect): void {
    this.log.push(why);
  }
}

export interface Session extends Desk {
  readonly said: ClientMessage[];
  readonly rejected: Disconnect[];
  closings: number;
  /** Called after each message. */
  react: () => void;
}

export interface World {
  readonly pipe: TestPipe;
  readonly session: Session;
  readonly outlet: Outlet;
  readonly listener: PipeListener;
}

export function openBy(gateway: Gateway): World {
  const pipe = new TestPipe();
  const session: Session = {
    said: [],
    rejected: [],
    closings: 0,
    react: () => undefined,
    receive(message) {
      session.said.push(message);
      session.react();
    },
    reject: (why) => void session.rejected.push(why),
    closed() {
      session.closings += 1;
    },
  };
  let outlet!: Outlet;
  const frontDesk: FrontDesk = {
    post: { node: 'n', follow: async () => () => undefined, send: async () => undefined },
    open(given) {
      outlet = given;
      return session;
    },
  };
  return { pipe, session, listener: gateway.open(pipe, frontDesk), outlet };
}

/** After all that was put off until the program comes to rest. */
export async function turned(): Promise<void> {
  await Promise.resolve();
}
