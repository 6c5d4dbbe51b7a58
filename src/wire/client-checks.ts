/**
 * What every message of a client must look like.
 * In: the fields of an object. Out: the message, with nothing in it that is not written here. Fails as `Fields` does.
 */
import {
  askedChannel,
  type Checks,
  capabilities,
  content,
  event,
  messageLimits,
  method,
  natural,
  position,
  refuseColon,
  secret,
  session,
  within,
} from './checks.ts';
import type {
  ClientMessage,
  Decline,
  Hello,
  ProducerNumber,
  Publish,
  Resume,
} from './client-messages.ts';
import type { Fields } from './fields.ts';

export const clientChecks: Checks<ClientMessage> = {
  hello: (from) => ({
    type: 'hello',
    version: from.whole('version', natural),
    capabilities: capabilities(from),
    ...from.optional('token', (name) => token(from, name)),
    ...from.optional('resume', (name) => from.inner(name, stay)),
  }),
  renew: (from) => ({
    type: 'renew',
    id: from.whole('id', natural),
    token: token(from, 'token'),
  }),
  subscribe: (from) => ({ type: 'subscribe', id: from.whole('id', natural), ...wanted(from) }),
  resume: (from) => ({
    type: 'resume',
    id: from.whole('id', natural),
    channels: from.list('channels', messageLimits.resumeChannels, wanted),
  }),
  unsubscribe: (from) => ({
    type: 'unsubscribe',
    id: from.whole('id', natural),
    channel: askedChannel(from),
  }),
  publish: (from) => ({
    type: 'publish',
    id: from.whole('id', natural),
    channel: askedChannel(from),
    // Whether it can be a key is for the hub to answer, as with channels.
    ...content(from, { least: 0, most: messageLimits.keyLength }),
    ...from.optional('producer', (name) => from.inner(name, producer)),
    ...from.optional('durability', (name) => from.oneOf(name, durabilities)),
  }),
  signal: (from) => ({
    type: 'signal',
    channel: askedChannel(from),
    data: from.data(),
    ...event(from),
  }),
  history: (from) => ({
    type: 'history',
    id: from.whole('id', natural),
    channel: askedChannel(from),
    ...from.optional('after', (name) => from.inner(name, position)),
    limit: from.whole('limit', { least: 1, most: messageLimits.pageEntries }),
  }),
  enter: (from) => ({
    type: 'enter',
    id: from.whole('id', natural),
    channel: askedChannel(from),
    data: from.data(),
  }),
  exit: (from) => ({ type: 'exit', id: from.whole('id', natural), channel: askedChannel(from) }),
  call: (from) => ({
    type: 'call',
    id: from.whole('id', natural),
    method: method(from),
    data: from.data(),
    withinMs: from.whole('withinMs', within),
  }),
  cancel: (from) => ({ type: 'cancel', id: from.whole('id', natural) }),
  answer: (from) => ({ type: 'answer', id: from.whole('id', natural), data: from.data() }),
  decline: (from) => ({
    type: 'decline',
    id: from.whole('id', natural),
    code: from.oneOf('code', declineCodes),
    message: from.text('message', { least: 0, most: messageLimits.errorLength }),
  }),
  ping: (from) => ({ type: 'ping', id: from.whole('id', natural) }),
};

// Tables, so that the compiler misses a word that is not listed.
const durabilities: Readonly<Record<NonNullable<Publish['durability']>, true>> = {
  memory: true,
  disk: true,
  replicated: true,
  quorum: true,
};
const declineCodes: Readonly<Record<Decline['code'], true>> = {
  METHOD_UNKNOWN: true,
  CALL_FAILED: true,
  CALL_TOO_LATE: true,
  CALL_CANCELLED: true,
};

function token(from: Fields, name: string): string {
  return from.text(name, { least: 0, most: messageLimits.tokenLength });
}

function stay(from: Fields): NonNullable<Hello['resume']> {
  return { session: session(from), secret: secret(from) };
}

function wanted(from: Fields): Resume['channels'][number] {
  return {
    channel: askedChannel(from),
    ...from.optional('since', (name) => from.inner(name, position)),
  };
}

function producer(from: Fields): ProducerNumber {
  const { producerShortest: least, producerLength: most } = messageLimits;
  const name = from.text('name', { least, most });
  refuseColon(from, 'name', name);
  return { name, epoch: from.whole('epoch', natural), seq: from.whole('seq', natural) };
}
