/**
 * A client by any road that says what it likes in JSON, and keeps what it is told: what no SDK has looked at.
 * In: a transport of the client. Out: answers, publications, and how far it is. Fails: with what it is told, where an answer does not come.
 */
import type { ClientTransport, Road } from '../../../src/client/transports/transport.ts';
import {
  at,
  jsonSubprotocol,
  type Position,
  type Publication,
  type ServerMessage,
} from '../../../src/wire/index.ts';
import type { Saying } from './raw-client.ts';

/** Lets whatever is under way go on, a little. */
export type Pass = () => Promise<void>;

export interface RoadReaderOptions {
  readonly transport: ClientTransport;
  readonly url: string;
  readonly token: string;
  readonly pass: Pass;
  /** After so many turns in vain nothing is waited for any more. */
  readonly turns?: number;
  /** What that one was told counts as told to this one, which goes on from there. */
  readonly after?: RoadReader;
}

/** Resolves when it is so, or when that has been in vain for so many turns: what is expected then says the rest. */
export async function until(pass: Pass, isSo: () => boolean, turns = 200): Promise<void> {
  for (let turn = 0; turn < turns && !isSo(); turn += 1) {
    await pass();
  }
}

export class RoadReader {
  readonly got: ServerMessage[] = [];
  private readonly pass: Pass;
  private readonly turns: number | undefined;
  private readonly road: Road;
  private isOpen = false;
  private lastId = 0;

  private constructor({ transport, url, pass, turns, after }: RoadReaderOptions) {
    this.pass = pass;
    this.turns = turns;
    this.got.push(...(after?.got ?? []));
    this.road = transport.open(url, [jsonSubprotocol], {
      opened: () => {
        this.isOpen = true;
      },
      received: (frame) => {
        const told = JSON.parse(String(frame)) as ServerMessage | ServerMessage[];
        this.got.push(...(Array.isArray(told) ? told : [told]));
      },
      closed: ({ code, reason }) => {
        this.got.push({ type: 'disconnect', code, reason, name: 'CLOSED' as never });
      },
    });
  }

  /** Says hello, and waits to be welcome. */
  static async come(options: RoadReaderOptions): Promise<RoadReader> {
    const reader = new RoadReader(options);
    const before = reader.got.length;
    await until(options.pass, () => reader.isOpen, options.turns);
    reader.say({ type: 'hello', version: 1, capabilities: [], token: options.token });
    await until(options.pass, () => reader.got.length > before, options.turns);
    return reader;
  }

  /** The name of its stay. */
  get session(): string {
    const welcome = this.got.findLast(({ type }) => type === 'welcome');
    return welcome?.type === 'welcome' ? welcome.session : '';
  }

  /** Gives what it is told of this request; where that does not come, all that it was told. */
  async answer(message: Saying): Promise<ServerMessage> {
    this.lastId += 1;
    const id = this.lastId;
    this.say({ ...message, id });
    const before = this.got.length;
    const answers = (): ServerMessage | undefined =>
      this.got.slice(before).find((told) => 'id' in told && told.id === id);
    await until(this.pass, () => answers() !== undefined, this.turns);
    const answer = answers();
    if (answer === undefined) {
      throw new Error(`no answer to ${JSON.stringify(message)}: ${JSON.stringify(this.got)}`);
    }
    return answer;
  }

  /** The same in a word: `ok`, or the code of a refusal. */
  async ask(message: Saying): Promise<string> {
    const answer = await this.answer(message);
    return answer.type === 'error' ? answer.code : 'ok';
  }

  /** Page by page, from the beginning; or why not. The page that is asked for without a place must be the end of it. */
  async history(channel: string, limit: number): Promise<Publication[] | string> {
    const latest = await this.answer({ type: 'history', channel, limit });
    if (latest.type !== 'historyPage') {
      return latest.type === 'error' ? latest.code : latest.type;
    }
    const all: Publication[] = [];
    let after: Position = { epoch: latest.top.epoch, offset: 0, id: '' };
    for (let isMore = true; isMore; ) {
      const page = await this.answer({ type: 'history', channel, limit, after });
      if (page.type !== 'historyPage') {
        return page.type;
      }
      all.push(...page.publications);
      const last = page.publications.at(-1);
      isMore = page.more && last !== undefined;
      after = last === undefined ? after : at(after.epoch, last);
    }
    const end = all.slice(all.length - latest.publications.length);
    const isEnd = JSON.stringify(end) === JSON.stringify(latest.publications);
    return isEnd ? all : `the latest are ${JSON.stringify(latest.publications)}`;
  }

  /** What was told of a channel. */
  of(channel: string): ServerMessage[] {
    return this.got.filter((told) => 'channel' in told && told.channel === channel);
  }

  publications(channel: string): Publication[] {
    return this.of(channel).flatMap((told) =>
      told.type === 'publication' ? [told.publication] : [],
    );
  }

  /** What it shows of a channel of keyed state. */
  values(channel: string): Map<string, unknown> {
    const values = new Map<string, unknown>();
    for (const told of this.of(channel)) {
      if (told.type === 'subscribed' && told.snapshot === true) {
        values.clear();
      } else if (told.type === 'publication') {
        apply(values, told.publication);
      }
    }
    return values;
  }

  /** How far it is in the channel. */
  position(channel: string): Position | undefined {
    let position: Position | undefined;
    for (const told of this.of(channel)) {
      if (told.type === 'subscribed' || told.type === 'caughtUp') {
        ({ position } = told);
      } else if (told.type === 'publication' && position !== undefined) {
        position = at(position.epoch, told.publication);
      } else if (told.type === 'advance') {
        position = told.to;
      }
    }
    return position;
  }

  /** Keeps nothing of what it was told of channels. */
  forget(): void {
    this.got.splice(0, this.got.length, ...this.got.filter(({ type }) => type === 'welcome'));
  }

  close(): void {
    this.road.close(1000, '');
  }

  private say(message: Saying): void {
    this.road.send(JSON.stringify(message));
  }
}

type Told = Pick<Publication, 'data' | 'key' | 'removed'>;

/** One entry of keyed state. */
export function apply(values: Map<string, unknown>, { key, data, removed }: Told): void {
  if (removed === true) {
    values.delete(key!);
  } else {
    values.set(key!, data);
  }
}
