/**
 * The ports on NATS JetStream: one stream for many channels, a subject for each. The engine compares the subject's last sequence before it
 * stores; what else decides an append is folded from the entries before it, so that comparing the tail compares all of it.
 * In: a port of a NATS server with JetStream. Out: a node. Fails: with what the client rejects with.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  type MsgRequest,
  type StoredMsg,
} from '@nats-io/jetstream';
import { connect, type MsgHdrs, type Subscription } from '@nats-io/transport-node';
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
import { type Node, retained } from './questions.ts';

/** `wrong last sequence`: somebody was faster. */
const wrongLastSequence = 10_071;
const maxLeaseMs = 3_600_000;

interface Stored {
  readonly entry: Omit<Publication, 'offset'>;
  readonly producer?: Producer;
}
interface StoredClaim extends Claim {
  readonly leaseMs: number;
}

export async function openNats(port: number, ears: Ears): Promise<Node> {
  const connection = await connect({ servers: `127.0.0.1:${port}` });
  const stream = jetstream(connection);
  const { streams } = await jetstreamManager(connection);
  // No age: with its last entry a subject would forget its last sequence, and with it the tail.
  const { created } = (await streams.add({
    name: 'log',
    subjects: ['log.>'],
    max_msgs_per_subject: retained,
    republish: { src: 'log.>', dest: 'live.>' },
  })) as unknown as { created: string };
  const epoch = String(Date.parse(created));
  await streams.add({ name: 'folds', subjects: ['folds.>'], max_msgs_per_subject: 1 });
  const ageNs = maxLeaseMs * 1_000_000;
  await streams.add({
    name: 'claims',
    subjects: ['claims.>'],
    max_msgs_per_subject: 1,
    max_age: ageNs,
  });

  const folds = new Map<string, Fold>();
  const follows = new Map<string, Subscription>();
  const inTurn = makeTurns();

  /** Reads what came since. From the leader: a replica may be behind. */
  async function catchUp(channel: string): Promise<Fold> {
    let fold = folds.get(channel);
    if (fold === undefined) {
      const found = await streams.getMessage('folds', { last_by_subj: `folds.${encode(channel)}` });
      fold = new Fold(found === null ? undefined : found.json<Checkpoint>());
      folds.set(channel, fold);
    }
    for (const message of await messages(channel, fold.top.offset + 1, Number.POSITIVE_INFINITY)) {
      const { entry, producer } = message.json<Stored>();
      assert.deepEqual(entry.prev, fold.top, 'entries were trimmed that no checkpoint held');
      fold.apply({ ...entry, offset: message.seq }, producer);
    }
    return fold;
  }

  /** The server has known this question since 2.9; its client's types name it for direct reads only. */
  const nextBySubject = (seq: number, next_by_subj: string): Promise<StoredMsg | null> =>
    streams.getMessage('log', { seq, next_by_subj } as MsgRequest);

  async function messages(channel: string, from: number, limit: number): Promise<StoredMsg[]> {
    const found: StoredMsg[] = [];
    for (let seq = from; found.length < limit; seq = found.at(-1)!.seq + 1) {
      // In the broker a pull consumer gives a page at once; one by one is enough to ask the questions.
      const message = await nextBySubject(seq, `log.${encode(channel)}`);
      if (message === null) {
        break;
      }
      found.push(message);
    }
    return found;
  }

  async function save(channel: string, fold: Fold): Promise<void> {
    await stream.publish(`folds.${encode(channel)}`, JSON.stringify(fold.checkpoint()));
    fold.saved = fold.count;
  }

  async function append(
    channel: string,
    entry: NewPublication,
    options: AppendOptions,
  ): Promise<Appended> {
    for (;;) {
      const fold = await catchUp(channel);
      const decided = fold.decide(epoch, entry, options);
      if (decided !== undefined) {
        return decided;
      }
      if (fold.isDue()) {
        await save(channel, fold);
      }
      const { producer } = options;
      const linked = { ...entry, prev: fold.top };
      const body = JSON.stringify({
        entry: linked,
        ...(producer && { producer }),
      } satisfies Stored);
      const offset = await publishIf(`log.${encode(channel)}`, body, fold.top.offset);
      if (offset !== undefined) {
        fold.apply({ ...linked, offset }, producer);
        return { outcome: 'appended', position: { epoch, offset, id: entry.id }, duplicate: false };
      }
    }
  }

  /** Gives its sequence, or undefined when the subject's last was not the expected one. */
  async function publishIf(
    subject: string,
    body: string,
    lastSubjectSequence: number,
  ): Promise<number | undefined> {
    try {
      return (await stream.publish(subject, body, { expect: { lastSubjectSequence } })).seq;
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === wrongLastSequence) {
        return undefined;
      }
      throw error;
    }
  }

  // The engine's clock, a little slow by one round trip: nothing ends early.
  await stream.publish('claims.clock', '');
  const tick = (await streams.getMessage('claims', { last_by_subj: 'claims.clock' }))!;
  const aheadMs = tick.time.getTime() - performance.now();
  const engineNowMs = (): number => performance.now() + aheadMs;

  /** What is held, and the sequence that whoever changes it must name. */
  async function look(
    key: string,
  ): Promise<{ readonly seq: number; readonly claim?: StoredClaim }> {
    const message = await streams.getMessage('claims', { last_by_subj: claimOf(key) });
    if (message === null || message.data.length === 0) {
      return { seq: message?.seq ?? 0 };
    }
    const claim = message.json<StoredClaim>();
    const isOver = message.time.getTime() + claim.leaseMs <= engineNowMs();
    return isOver ? { seq: message.seq } : { seq: message.seq, claim };
  }

  /** Changes what is held with that revision, and gives what is held otherwise. An empty text releases it. */
  async function change(
    key: string,
    expect: string | undefined,
    make: (held: StoredClaim | undefined) => string,
  ): Promise<{ readonly found?: Claim } | undefined> {
    for (;;) {
      const { seq, claim } = await look(key);
      if (claim?.revision !== expect) {
        return claim === undefined
          ? {}
          : { found: { value: claim.value, revision: claim.revision } };
      }
      if ((await publishIf(claimOf(key), make(claim), seq)) !== undefined) {
        return undefined;
      }
    }
  }

  return {
    log: {
      async follow(channel) {
        const subscription = connection.subscribe(`live.${encode(channel)}`, {
          callback(_error, message) {
            const { entry } = message.json<Stored>();
            ears.deliver(channel, epoch, {
              ...entry,
              offset: numberIn(message.headers, 'Nats-Sequence'),
            });
          },
        });
        follows.set(channel, subscription);
        await connection.flush();
      },
      async unfollow(channel) {
        follows.get(channel)?.unsubscribe();
        follows.delete(channel);
      },
      append: (channel, entry, options = {}) =>
        inTurn(channel, () => append(channel, entry, options)),
      async read(channel, from, limit) {
        const found = await messages(channel, Math.max(from, 1), limit);
        const { top } = await inTurn(channel, () => catchUp(channel));
        return { epoch, top, publications: found.map(publicationOf) };
      },
      async latest(channel, limit) {
        const { top, ...fold } = await inTurn(channel, async () => {
          const now = await catchUp(channel);
          return { top: now.top, from: now.startOfLatest(limit) };
        });
        const found = await messages(channel, Math.max(fold.from, 1), limit);
        return { epoch, top, publications: found.map(publicationOf) };
      },
      async values(channel, after, limit) {
        const fold = await inTurn(channel, () => catchUp(channel));
        const found = fold.values(after);
        const more = found.length > limit;
        return { epoch, top: fold.top, publications: found.slice(0, limit), more, forgotten: 0 };
      },
      async tops(mark) {
        const { last_seq: last } = (await streams.info('log')).state;
        const names = [...follows.keys()];
        const tops = new Map<string, StoredMsg>();
        if (mark === undefined) {
          for (const channel of names) {
            const found = await streams.getMessage('log', {
              last_by_subj: `log.${encode(channel)}`,
            });
            tops.set(channel, found!);
          }
        }
        // In the broker a consumer of headers only.
        for (let seq = Number(mark ?? last) + 1; seq <= last; seq += 1) {
          const message = await nextBySubject(seq, 'log.>');
          const channel = names.find((name) => message?.subject === `log.${encode(name)}`);
          if (channel !== undefined) {
            tops.set(channel, message!);
          }
        }
        return {
          mark: String(last),
          tops: [...tops].map(([channel, message]) => {
            const { offset, id } = publicationOf(message);
            return { channel, epoch, top: { offset, id } };
          }),
        };
      },
    },
    claims: {
      async get(key) {
        const { claim } = await look(key);
        return claim === undefined ? undefined : { value: claim.value, revision: claim.revision };
      },
      async put(key, value, { expect, leaseMs }): Promise<Put> {
        const revision = randomUUID();
        const refused = await change(key, expect, () =>
          JSON.stringify({ value, revision, leaseMs }),
        );
        return refused === undefined
          ? { done: true, revision }
          : { done: false, found: refused.found };
      },
      renew: async (key, revision, leaseMs) =>
        (await change(key, revision, (held) => JSON.stringify({ ...held, leaseMs }))) === undefined,
      release: async (key, revision) => (await change(key, revision, () => '')) === undefined,
    },
    bus: {
      async follow(topic) {
        const callback = (_error: unknown, message: { json<T>(): T }): void =>
          ears.hear(topic, message.json<unknown>());
        follows.set(`bus ${topic}`, connection.subscribe(`bus.${encode(topic)}`, { callback }));
        await connection.flush();
      },
      async unfollow(topic) {
        follows.get(`bus ${topic}`)?.unsubscribe();
        follows.delete(`bus ${topic}`);
      },
      async send(topic, message) {
        connection.publish(`bus.${encode(topic)}`, JSON.stringify(message));
      },
    },
    stop: () => connection.close(),
  };
}

function publicationOf(message: StoredMsg): Publication {
  return { ...message.json<Stored>().entry, offset: message.seq };
}

/** A subject has dots, stars and spaces of its own: names never reach it as they are. */
function encode(name: string): string {
  return Buffer.from(name).toString('hex');
}

function claimOf(key: string): string {
  return `claims.${encode(key)}`;
}

function numberIn(headers: MsgHdrs | undefined, name: string): number {
  return Number(headers?.get(name));
}
