/**
 * The ports on RabbitMQ: a stream for a partition of channels, read by every node from one end to the other. AMQP 0.9.1 cannot publish under
 * a condition, so what is in the stream is a proposal: an entry counts only if its `prev` is its channel's tail in the order of the stream,
 * and every reader finds the same. Claims are proposals in the same stream.
 * In: a port of a RabbitMQ server. Out: a node. Fails: with what the client rejects with.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type Channel, type ConsumeMessage, connect } from 'amqplib';
import type {
  Appended,
  AppendOptions,
  Claim,
  Ears,
  NewPublication,
  Producer,
  Put,
} from '../src/ports/index.ts';
import type { Publication } from '../src/wire/index.ts';
import { type Checkpoint, Fold, makeTurns } from './fold.ts';
import type { Node } from './questions.ts';

const partition = 'tautline.partition';
const checkpoints = 'tautline.checkpoints';
/** Whole segments are trimmed. */
const sizes = { segment: 50_000, whole: 300_000 };

type Proposal =
  | {
      readonly kind: 'entry';
      readonly channel: string;
      readonly entry: Omit<Publication, 'offset'>;
      readonly producer?: Producer;
    }
  /** Without a lease it is released; without a value it is renewed. */
  | {
      readonly kind: 'claim';
      readonly key: string;
      readonly expect?: string;
      readonly revision: string;
      readonly value?: string;
      readonly leaseMs?: number;
    }
  /** Changes nothing: whoever reads it back has read all that was before it. */
  | { readonly kind: 'mark' };
type Sent = Proposal & { readonly token: string };

interface Held extends Claim {
  readonly leaseMs: number;
  /** By our own clock, when we read it: later than when it was written, so that it never ends early. */
  readonly sinceMs: number;
}
interface Whole {
  readonly epoch: string;
  readonly offset: number;
  readonly folds: readonly (readonly [string, Checkpoint])[];
  readonly refused: readonly number[];
  readonly claims: readonly (readonly [string, Held])[];
}

export async function openRabbitmq(port: number, ears: Ears): Promise<Node> {
  const connection = await connect(`amqp://guest:guest@127.0.0.1:${port}`);
  const writer = await connection.createConfirmChannel();
  const bus = await connection.createChannel();
  for (const name of [partition, checkpoints]) {
    await writer.assertQueue(name, {
      durable: true,
      arguments: {
        'x-queue-type': 'stream',
        'x-stream-max-segment-size-bytes': sizes.segment,
        'x-max-length-bytes': sizes.whole,
      },
    });
  }
  await bus.assertExchange('tautline.bus', 'direct', { durable: false });
  const ear = await bus.assertQueue('', { exclusive: true });
  const told = (message: ConsumeMessage | null): void => {
    if (message !== null) {
      ears.hear(message.fields.routingKey, JSON.parse(message.content.toString()));
    }
  };
  await bus.consume(ear.queue, told, { noAck: true });

  const followed = new Set<string>();
  const folds = new Map<string, Fold>();
  const claims = new Map<string, Held>();
  /** Proposals that did not count: there are few. */
  const refused = new Set<number>();
  const waiting = new Map<
    string,
    (verdict: { readonly accepted: boolean; readonly offset: number }) => void
  >();
  const inTurn = makeTurns();

  const foldOf = (channel: string): Fold => {
    const fold = folds.get(channel) ?? new Fold();
    folds.set(channel, fold);
    return fold;
  };

  /** The one rule: every reader of the stream comes to the same verdict. */
  function judge(sent: Sent, offset: number): boolean {
    if (sent.kind === 'entry') {
      const fold = foldOf(sent.channel);
      // Offsets have holes where a segment begins, so they do not show it; that somebody has seen more than we have does.
      assert.ok(
        sent.entry.prev.offset <= fold.top.offset,
        'entries were trimmed that no checkpoint held',
      );
      if (sent.entry.prev.offset !== fold.top.offset || sent.entry.prev.id !== fold.top.id) {
        refused.add(offset);
        return false;
      }
      const entry = { ...sent.entry, offset };
      fold.apply(entry, sent.producer);
      if (followed.has(sent.channel)) {
        ears.deliver(sent.channel, epoch, entry);
      }
      return true;
    }
    if (sent.kind === 'mark') {
      return true;
    }
    const held = claims.get(sent.key);
    if (held?.revision !== sent.expect) {
      return false;
    }
    if (sent.leaseMs === undefined) {
      return claims.delete(sent.key);
    }
    const { revision, value = held!.value, leaseMs } = sent;
    claims.set(sent.key, { revision, value, leaseMs, sinceMs: performance.now() });
    return true;
  }

  async function readStream(
    stream: string,
    from: number | 'first',
    take: (content: string, offset: number, channel: Channel) => void,
  ): Promise<Channel> {
    const channel = await connection.createChannel();
    await channel.prefetch(100);
    const taken = (message: ConsumeMessage | null): void => {
      if (message !== null) {
        channel.ack(message);
        const offset = Number(message.properties.headers?.['x-stream-offset']);
        take(message.content.toString(), offset, channel);
      }
    };
    await channel.consume(stream, taken, { arguments: { 'x-stream-offset': from } });
    return channel;
  }

  const write = (stream: string, message: unknown): Promise<void> =>
    new Promise((resolve, reject) => {
      writer.sendToQueue(stream, Buffer.from(JSON.stringify(message)), {}, (error: unknown) =>
        error ? reject(error as Error) : resolve(),
      );
    });

  /** Resolves when we have read it back, with what became of it. */
  function propose(
    proposal: Proposal,
  ): Promise<{ readonly accepted: boolean; readonly offset: number }> {
    const token = randomUUID();
    return new Promise((resolve, reject) => {
      waiting.set(token, resolve);
      write(partition, { ...proposal, token }).catch(reject);
    });
  }

  /** The latest checkpoint, if there is one: what was written before our own mark. */
  async function load(): Promise<Whole | undefined> {
    const mine = randomUUID();
    let found: Whole | undefined;
    await new Promise<void>((resolve, reject) => {
      readStream(checkpoints, 'first', (content) => {
        const read = JSON.parse(content) as Whole | { readonly mark: string };
        if (!('mark' in read)) {
          found = read.offset > (found?.offset ?? -1) ? read : found;
        } else if (read.mark === mine) {
          resolve();
        }
      })
        .then((channel) => write(checkpoints, { mark: mine }).then(() => channel))
        .catch(reject);
    });
    return found;
  }

  const start = await load();
  let lastOffset = start?.offset ?? -1;
  // The stream's own name for its life: what was written into it first.
  let epoch = start?.epoch ?? '';
  for (const [channel, from] of start?.folds ?? []) {
    folds.set(channel, new Fold(from));
  }
  for (const [key, held] of start?.claims ?? []) {
    claims.set(key, { ...held, sinceMs: performance.now() });
  }
  for (const offset of start?.refused ?? []) {
    refused.add(offset);
  }
  await readStream(partition, lastOffset + 1, (content, offset) => {
    if (offset <= lastOffset) {
      return;
    }
    lastOffset = offset;
    const sent = JSON.parse(content) as Sent;
    epoch = offset === 0 ? sent.token : epoch;
    const accepted = judge(sent, offset);
    waiting.get(sent.token)?.({ accepted, offset });
    waiting.delete(sent.token);
  });
  const catchUp = (): Promise<unknown> => propose({ kind: 'mark' });
  await catchUp();

  async function append(
    channel: string,
    entry: NewPublication,
    options: AppendOptions,
  ): Promise<Appended> {
    const { producer } = options;
    const fold = foldOf(channel);
    for (;;) {
      if (fold.decide(epoch, entry, options) !== undefined) {
        // We may be behind: nothing is refused by what is not the latest.
        await catchUp();
      }
      const decided = fold.decide(epoch, entry, options);
      if (decided !== undefined) {
        return decided;
      }
      if (fold.isDue()) {
        await save();
      }
      const linked = { ...entry, prev: fold.top };
      const { accepted, offset } = await propose({
        kind: 'entry',
        channel,
        entry: linked,
        ...(producer && { producer }),
      });
      if (accepted) {
        return { outcome: 'appended', position: { epoch, offset, id: entry.id }, duplicate: false };
      }
    }
  }

  async function save(): Promise<void> {
    const all = [...folds].map(([channel, fold]) => [channel, fold.checkpoint()] as const);
    const whole: Whole = {
      epoch,
      offset: lastOffset,
      folds: all,
      refused: [...refused],
      claims: [...claims],
    };
    for (const fold of folds.values()) {
      fold.saved = fold.count;
    }
    await write(checkpoints, whole);
  }

  async function read(channel: string, from: number, limit: number): Promise<Publication[]> {
    await catchUp();
    const { top } = foldOf(channel);
    const found: Publication[] = [];
    if (limit === 0 || top.offset < from || top.id === '') {
      return found;
    }
    const reader = await new Promise<Channel>((resolve, reject) => {
      readStream(partition, from, (content, offset, mine) => {
        const sent = JSON.parse(content) as Sent;
        const isOurs = sent.kind === 'entry' && sent.channel === channel;
        if (isOurs && offset >= from && found.length < limit && !refused.has(offset)) {
          found.push({ ...sent.entry, offset });
        }
        if (found.length === limit || offset >= top.offset) {
          resolve(mine);
        }
      }).catch(reject);
    });
    await reader.close();
    return found;
  }

  const held = (key: string): Held | undefined => {
    const claim = claims.get(key);
    return claim !== undefined && claim.sinceMs + claim.leaseMs > performance.now()
      ? claim
      : undefined;
  };

  /** Undefined when it was changed; else what is there. */
  async function change(
    key: string,
    expect: string | undefined,
    next: { readonly revision: string; readonly value?: string; readonly leaseMs?: number },
  ): Promise<{ readonly found?: Claim } | undefined> {
    await catchUp();
    for (;;) {
      const found = held(key);
      if (found?.revision !== expect) {
        return found === undefined
          ? {}
          : { found: { value: found.value, revision: found.revision } };
      }
      // What has ended is there until somebody replaces it by its revision.
      const standing = claims.get(key)?.revision;
      const proposal = {
        kind: 'claim',
        key,
        ...next,
        ...(standing !== undefined && { expect: standing }),
      } as const;
      if ((await propose(proposal)).accepted) {
        return undefined;
      }
    }
  }

  return {
    log: {
      async follow(channel) {
        followed.add(channel);
      },
      async unfollow(channel) {
        followed.delete(channel);
      },
      append: (channel, entry, options = {}) =>
        inTurn(channel, () => append(channel, entry, options)),
      async read(channel, from, limit) {
        const publications = await read(channel, from, limit);
        return { epoch, top: foldOf(channel).top, publications };
      },
      async latest(channel, limit) {
        await catchUp();
        const publications = await read(channel, foldOf(channel).startOfLatest(limit), limit);
        return { epoch, top: foldOf(channel).top, publications };
      },
      async values(channel, after, limit) {
        await catchUp();
        const fold = foldOf(channel);
        const found = fold.values(after);
        const more = found.length > limit;
        return { epoch, top: fold.top, publications: found.slice(0, limit), more, forgotten: 0 };
      },
      async tops(mark = '-1') {
        await catchUp();
        const changed = [...followed].filter((name) => foldOf(name).top.offset > Number(mark));
        const tops = changed.map((channel) => ({ channel, epoch, top: foldOf(channel).top }));
        return { mark: String(lastOffset), tops };
      },
    },
    claims: {
      async get(key) {
        await catchUp();
        const found = held(key);
        return found && { value: found.value, revision: found.revision };
      },
      async put(key, value, { expect, leaseMs }): Promise<Put> {
        const revision = randomUUID();
        const failed = await change(key, expect, { revision, value, leaseMs });
        return failed === undefined
          ? { done: true, revision }
          : { done: false, found: failed.found };
      },
      renew: async (key, revision, leaseMs) =>
        (await change(key, revision, { revision, leaseMs })) === undefined,
      release: async (key, revision) => (await change(key, revision, { revision })) === undefined,
    },
    bus: {
      async follow(topic) {
        await bus.bindQueue(ear.queue, 'tautline.bus', topic);
      },
      async unfollow(topic) {
        await bus.unbindQueue(ear.queue, 'tautline.bus', topic);
      },
      async send(topic, message) {
        bus.publish('tautline.bus', topic, Buffer.from(JSON.stringify(message)));
      },
    },
    stop: () => connection.close(),
  };
}
