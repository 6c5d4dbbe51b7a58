/** A client that says what it likes, straight to a hub: what no typed client would say, and no codec would read. */
import type { Shared } from '../../../src/ground/shared.ts';
import type { Hub } from '../../../src/hub/index.ts';
import type { Desk, Outlet } from '../../../src/ports/index.ts';
import type { Testbed } from '../../../src/testbed/index.ts';
import {
  at,
  type ClientMessage,
  type Disconnect,
  type Position,
  type ServerMessage,
} from '../../../src/wire/index.ts';

export type Saying = Readonly<Record<string, unknown>>;

export class RawClient implements Outlet {
  readonly name = 'raw';
  readonly got: ServerMessage[] = [];
  readonly bufferedBytes = 0;
  readonly address: string;
  why: Disconnect | undefined;
  desk!: Desk;
  private readonly bed: Testbed;
  private lastId = 0;

  private constructor(bed: Testbed, address: string) {
    this.bed = bed;
    this.address = address;
  }

  /** Says hello, and waits for what comes of it. */
  static async come(
    { bed, hub }: { readonly bed: Testbed; readonly hub: Hub },
    token?: string,
    address = '192.0.2.1',
    resume?: { readonly session: string; readonly secret: string },
  ): Promise<RawClient> {
    const client = new RawClient(bed, address);
    client.desk = hub.open(client);
    const named = token === undefined ? {} : { token };
    const stay = resume === undefined ? {} : { resume };
    client.say({ type: 'hello', version: 1, capabilities: [], ...named, ...stay });
    await bed.advance(1);
    return client;
  }

  send(message: Shared<ServerMessage>): void {
    this.got.push(message.value);
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }

  close(why: Disconnect): void {
    this.why = why;
    this.desk.closed();
  }

  /** Gives the id of the request. */
  say(message: Saying): number {
    this.lastId += 1;
    this.desk.receive({ id: this.lastId, ...message } as unknown as ClientMessage);
    return this.lastId;
  }

  /** What it was told of this request. */
  answerTo(id: number): ServerMessage | undefined {
    return this.got.find((message) => 'id' in message && message.id === id);
  }

  /** Says it, and gives what it is told. */
  async answer(message: Saying): Promise<ServerMessage | undefined> {
    const id = this.say(message);
    await this.bed.advance(1);
    return this.answerTo(id);
  }

  /** The same in a word: `ok`, the code of a refusal, or `nothing`. */
  async ask(message: Saying): Promise<string> {
    const answer = await this.answer(message);
    if (answer === undefined) {
      return 'nothing';
    }
    return answer.type === 'error' ? answer.code : 'ok';
  }

  /** How far it is in the channel that it follows; it follows one at a time. */
  get position(): Position | undefined {
    let position: Position | undefined;
    for (const message of this.got) {
      if (message.type === 'subscribed' || message.type === 'caughtUp') {
        ({ position } = message);
      } else if (message.type === 'publication' && position !== undefined) {
        position = at(position.epoch, message.publication);
      } else if (message.type === 'advance') {
        position = message.to;
      }
    }
    return position;
  }
}
