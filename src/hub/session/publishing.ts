/**
 * What clients put into logs.
 * In: a session and its request. Out: `appended`, sent when the broker has said so, or a refusal. Fails: a promise that rejects is answered
 * with BROKER_UNAVAILABLE by the session.
 */
import { type Appended, BrokerError, type Producer } from '../../ports/index.ts';
import { messageLimits, type Publish } from '../../wire/index.ts';
import type { Content } from '../append.ts';
import type { Rules } from '../channel/rules.ts';
import { isTooLarge, jsonText } from '../data.ts';
import { deny } from '../denied.ts';
import { producerOf } from '../producer-name.ts';
import { digest } from '../sha256.ts';
import type { Asker } from './asker.ts';
import { publishDenied } from './permissions.ts';
import { ownReach } from './reach.ts';

export function publish(session: Asker, request: Publish): Promise<void> | undefined {
  const { id, channel } = request;
  const place = ownReach(session, channel);
  if (place === undefined) {
    session.refuse(id, 'CHANNEL_INVALID', 'this cannot be the name of a channel');
    return undefined;
  }
  const { maxDataBytes } = session.hub.limits;
  if (isTooLarge(request.data, maxDataBytes)) {
    session.refuse(id, 'DATA_TOO_LARGE', `data may have ${maxDataBytes} bytes of JSON`);
    return undefined;
  }
  const wrong = mismatch(place.rules, request);
  if (wrong !== undefined) {
    session.refuse(id, ...wrong);
    return undefined;
  }
  return append(session, request);
}

type Keyed = Pick<Publish, 'key' | 'removed'>;

/** Why a channel of this kind does not take it; undefined: it does. */
export function mismatch(
  { kind }: Pick<Rules, 'kind'>,
  { key, removed }: Keyed,
): ['KIND_MISMATCH' | 'KEY_INVALID', string] | undefined {
  if (kind === 'signals') {
    return ['KIND_MISMATCH', 'this channel has no log: only signals go there'];
  }
  if ((key !== undefined) !== (kind === 'state')) {
    const message = kind === 'state' ? 'this channel wants a key' : 'this channel has no keys';
    return ['KIND_MISMATCH', message];
  }
  if (key !== undefined && (key === '' || key.length > messageLimits.keyLength)) {
    return ['KEY_INVALID', `a key has 1 to ${messageLimits.keyLength} characters`];
  }
  return removed === true && key === undefined
    ? ['KEY_INVALID', 'what is removed is the value of a key']
    : undefined;
}

/** Of what a client or the application gives, what goes into the log. */
export function contentOf(
  { data, event, key, removed }: Pick<Publish, 'data' | 'event' | 'key' | 'removed'>,
  by: string | undefined,
): Content {
  return {
    data: removed === true ? null : data,
    ...(event === undefined ? {} : { event }),
    ...(key === undefined ? {} : { key }),
    ...(removed === true ? { removed } : {}),
    ...(by === undefined ? {} : { by }),
  };
}

function append(session: Asker, request: Publish): Promise<void> {
  const { id, channel, durability } = request;
  const { hub, user } = session;
  const content = contentOf(request, user);
  const producer = producerFor(user, request, content);
  const judging = publishDenied(session, { ...content, channel });
  // Who asks to follow a channel and then publishes to it means to get what it published.
  const following = session.subscriptions.get(channel)?.answered;
  // The policy may take its time with each; the log sees them in the order in which they were sent.
  const appending = session.publishing.run(async () => {
    await following;
    const denied = await judging;
    if (denied !== undefined) {
      deny(session, id, denied);
      return undefined;
    }
    const isNew = producer !== undefined && producer.seq === (producer.first ?? 1);
    if (isNew && !hub.producers.take(user)) {
      session.refuse(id, 'TOO_MANY_REQUESTS', 'too many new producers', { retryable: true });
      return undefined;
    }
    const options = {
      ...(producer === undefined ? {} : { producer }),
      ...(durability === undefined ? {} : { durability }),
    };
    // In an object, so that the next one does not wait for the broker's answer to this one.
    if (!session.isOpen) {
      return undefined;
    }
    const outcome = hub.append(channel, content, options);
    return { outcome: isNew ? charged(session, outcome) : outcome };
  });
  return answer(session, id, appending);
}

function producerFor(user: string, request: Publish, content: Content): Producer | undefined {
  const { producer } = request;
  if (producer === undefined) {
    return undefined;
  }
  return { ...producer, name: producerOf(user, producer.name), hash: hashOf(content) };
}

/**
 * Of what one number was used for, whoever sends it again, and by whatever codec. All 256 bits: a client that makes two payloads of one hash
 * deceives nobody but itself, but nothing is gained by fewer.
 */
function hashOf({ data, event, key, removed }: Content): string {
  const named = JSON.stringify([event ?? null, key ?? null, removed ?? false]);
  if (data instanceof Uint8Array) {
    return digest(`${named}bytes ${digest(data)}`);
  }
  return digest(`${named}json ${jsonText(data) ?? ''}`);
}

/** What leaves no new record costs nothing. When nobody knows whether it does, it is paid for. */
async function charged({ hub, user }: Asker, appending: Promise<Appended>): Promise<Appended> {
  const appended = await appending;
  if (appended.outcome !== 'appended' || appended.duplicate) {
    hub.producers.giveBack(user);
  }
  return appended;
}

async function answer(
  session: Asker,
  id: number,
  appending: Promise<{ readonly outcome: Promise<Appended> } | undefined>,
): Promise<void> {
  try {
    const appended = await appending;
    if (appended !== undefined) {
      tell(session, id, await appended.outcome);
    }
  } catch (error) {
    if (!(error instanceof BrokerError && error.code === 'DURABILITY_UNSUPPORTED')) {
      throw error;
    }
    session.refuse(id, 'DURABILITY_UNSUPPORTED', 'this server cannot promise that');
  }
}

function tell(session: Asker, id: number, appended: Appended): void {
  switch (appended.outcome) {
    case 'appended': {
      const { position, duplicate } = appended;
      session.tell({ type: 'appended', id, position, ...(duplicate ? { duplicate } : {}) });
      return;
    }
    case 'outOfSequence': {
      const { last } = appended;
      session.refuse(id, 'OUT_OF_SEQUENCE', 'a number before this one is missing', { last });
      return;
    }
    case 'unknown':
      session.refuse(id, 'ANSWER_UNKNOWN', 'what became of this number is not known any more');
      return;
    case 'fenced':
      session.refuse(id, 'PRODUCER_FENCED', 'another holder has this producer', {
        last: appended.epoch,
      });
      return;
    case 'reused':
      session.refuse(id, 'NUMBER_REUSED', 'this number was used for something else');
      return;
    case 'conflict':
      throw new Error('the log says that something was expected, and nothing was');
  }
}
