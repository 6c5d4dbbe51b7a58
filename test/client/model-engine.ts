/**
 * A log that knows producers, behind nodes that fail: they refuse, forget their answers, and work on when their connection is gone.
 */
import type {
  ErrorCode,
  ProducerNumber,
  Publish,
  Refused,
  ServerMessage,
} from '../../src/wire/index.ts';
import { type FakeRoad, place, welcome } from './world.ts';

interface Record {
  epoch: number;
  last: number;
  readonly answers: Map<number, { readonly data: unknown; readonly n: number }>;
}

/** What a node does with the next publish that it has. */
export type Deed = 'store' | 'forbid' | 'busy' | 'limit' | 'failBefore' | 'failAfter';

/** One node's end of one connection. */
interface Node {
  readonly road: FakeRoad;
  read: number;
  /** Read, and not worked on yet. */
  readonly work: Publish[];
  /** Under way to the client. */
  readonly answers: ServerMessage[];
  isCut: boolean;
}

export class ModelEngine {
  /** What was published, in the order of the log. */
  readonly log: unknown[] = [];
  private readonly records = new Map<string, Record>();
  private readonly nodes: Node[] = [];

  private get present(): Node | undefined {
    return this.nodes.at(-1);
  }

  serve(road: FakeRoad): void {
    if (road !== this.present?.road) {
      this.nodes.push({ road, read: 0, work: [], answers: [], isCut: false });
      road.open();
    }
    const node = this.present!;
    for (; node.read < road.sent.length; node.read += 1) {
      const message = road.sent[node.read]!;
      if (message.type === 'hello') {
        node.answers.push(welcome('ada', 1, 8));
      } else if (message.type === 'ping') {
        node.answers.push({ type: 'pong', id: message.id });
      } else if (message.type === 'publish') {
        node.work.push(message);
      }
    }
  }

  /** Works on the next publish of a node: the present one, or one whose connection is gone. */
  work(deed: Deed, isLate = false): boolean {
    const node = this.nodes.find(({ isCut, work }) => isCut === isLate && work.length > 0);
    const message = node?.work.shift();
    if (node !== undefined && message !== undefined) {
      node.answers.push(this.answer(message, deed));
    }
    return message !== undefined;
  }

  deliver(): boolean {
    const answer = this.present?.answers.shift();
    if (answer !== undefined) {
      this.present?.road.say(answer);
    }
    return answer !== undefined;
  }

  /** Answers may overtake each other; nothing overtakes a welcome. */
  overtake(): void {
    const answers = this.present?.answers ?? [];
    if (answers.length > 1 && answers[0]?.type !== 'welcome') {
      answers.push(answers.shift()!);
    }
  }

  cut(): void {
    if (this.present !== undefined && !this.present.isCut) {
      this.present.isCut = true;
      this.present.road.end();
    }
  }

  /** Answers are kept for a time. */
  forgetAnswers(): void {
    for (const { answers } of this.records.values()) {
      answers.clear();
    }
  }

  /** Another holder took the producers over. */
  fence(): void {
    for (const record of this.records.values()) {
      record.epoch += 1;
    }
  }

  private answer({ id, data, producer }: Publish, deed: Deed): ServerMessage {
    const { name, epoch, first = 1, seq } = producer!;
    if (deed === 'forbid') {
      return refused(id, 'FORBIDDEN');
    }
    if (deed === 'busy') {
      return refused(id, 'TOO_MANY_REQUESTS', true);
    }
    if (deed === 'limit') {
      return { ...refused(id, 'RATE_LIMITED', true), retryAfterMs: 3_000 };
    }
    if (deed === 'failBefore') {
      return refused(id, 'BROKER_UNAVAILABLE', true);
    }
    const answer = this.append(id, { name, epoch, first, seq, data });
    return deed === 'failAfter' ? refused(id, 'BROKER_UNAVAILABLE', true) : answer;
  }

  private append(
    id: number,
    { name, epoch, first, seq, data }: Required<ProducerNumber> & { data: unknown },
  ): ServerMessage {
    const record = this.records.get(name) ?? { epoch, last: 0, answers: new Map() };
    if (epoch < record.epoch) {
      return refused(id, 'PRODUCER_FENCED');
    }
    if (seq > record.last + 1 && seq !== first) {
      return refused(id, record.last === 0 ? 'ANSWER_UNKNOWN' : 'OUT_OF_SEQUENCE');
    }
    if (seq <= record.last) {
      const kept = record.answers.get(seq);
      const isSame = kept?.data === data;
      return kept === undefined || !isSame
        ? refused(id, kept === undefined ? 'ANSWER_UNKNOWN' : 'NUMBER_REUSED')
        : { type: 'appended', id, position: place(kept.n), duplicate: true };
    }
    this.records.set(name, record);
    this.log.push(data);
    record.epoch = epoch;
    record.last = seq;
    record.answers.set(seq, { data, n: this.log.length });
    return { type: 'appended', id, position: place(this.log.length) };
  }
}

function refused(id: number, code: ErrorCode, retryable = false): Refused {
  return { type: 'error', id, code, message: '', retryable };
}
