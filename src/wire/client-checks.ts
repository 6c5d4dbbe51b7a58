/**
 * What every message of a client must look like. In: nothing. Out: a table, which `read-message.ts` reads by; and those of its rows by
 * which a client looks at what its application gave. Cannot fail.
 */
import {
  askedChannel,
  type Checks,
  capabilities,
  contentRule,
  event,
  method,
  natural,
  noColon,
  position,
  type Row,
  secret,
  session,
  within,
} from './checks.ts';
import type {
  Answer,
  Call,
  ClientMessage,
  Decline,
  Enter,
  Exit,
  History,
  ProducerNumber,
  Publish,
  Renew,
  Resume,
  Signal,
} from './client-messages.ts';
import { type Leaf, oneOf, payload, type Ruled, type Shape, text, truth, whole } from './fields.ts';
import * as messageLimits from './limits.ts';

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

const id = natural;
const channel = askedChannel;
const data = payload;
const token: Leaf<string> = /* @__PURE__ */ text(0, messageLimits.tokenLength);

const producer: Ruled<ProducerNumber> = {
  shape: {
    name: /* @__PURE__ */ text(messageLimits.producerShortest, messageLimits.producerLength),
    epoch: natural,
    first: [natural],
    seq: natural,
  },
  rule: ({ name }) => noColon('name', name),
};

const wanted: Shape<Resume['channels'][number]> = { channel, since: [position] };

export const publishRow: Row<Publish> = {
  shape: {
    id,
    channel,
    data,
    event: [event],
    // Whether it can be a key is for the hub to answer, as with channels.
    key: [/* @__PURE__ */ text(0, messageLimits.keyLength)],
    removed: [truth],
    producer: [producer],
    durability: [/* @__PURE__ */ oneOf(durabilities)],
  },
  rule: contentRule,
};
export const signalRow: Row<Signal> = { channel, data, event: [event] };
export const historyRow: Row<History> = {
  id,
  channel,
  after: [position],
  limit: /* @__PURE__ */ whole(1, messageLimits.pageEntries),
};
export const enterRow: Row<Enter> = { id, channel, data };
export const exitRow: Row<Exit> = { id, channel };
export const callRow: Row<Call> = { id, method, data, withinMs: within, channel: [channel] };
export const answerRow: Row<Answer> = { id, data };
export const renewRow: Row<Renew> = { id, token };

export const clientChecks: Checks<ClientMessage> = {
  hello: {
    version: natural,
    capabilities,
    token: [token],
    resume: [{ session, secret }],
  },
  renew: renewRow,
  subscribe: { id, channel, since: [position] },
  resume: { id, channels: { each: wanted, most: messageLimits.resumeChannels } },
  unsubscribe: { id, channel },
  publish: publishRow,
  signal: signalRow,
  history: historyRow,
  enter: enterRow,
  exit: exitRow,
  call: callRow,
  cancel: { id },
  answer: answerRow,
  decline: {
    id,
    code: /* @__PURE__ */ oneOf(declineCodes),
    message: /* @__PURE__ */ text(0, messageLimits.errorLength),
  },
  ping: { id },
};
