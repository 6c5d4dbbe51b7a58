/**
 * The ports on Redis: a stream and a few hashes per channel are the truth, pub/sub only wakes. Every step is one script, and therefore atomic.
 * In: a port of a Redis server. Out: a node. Fails: with what the client rejects with.
 */
import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import {
  type Appended,
  type AppendOptions,
  BrokerError,
  type Ears,
  type NewPublication,
  type Put,
} from '../src/ports/index.ts';
import type { Link, Publication } from '../src/wire/index.ts';
import { answersKept, type Node, retained } from './questions.ts';

const append = `
local meta, stream, values, order, producers, changes = unpack(KEYS)
local channel, live, epoch, keep = unpack(ARGV)
local entry, ask = cjson.decode(ARGV[5]), cjson.decode(ARGV[6])
redis.call('HSETNX', meta, 'epoch', epoch)
local top = redis.call('HMGET', meta, 'epoch', 'offset', 'id')
local function appended(link, duplicate)
  return { outcome = 'appended', duplicate = duplicate, position = { epoch = top[1], offset = link.offset, id = link.id } }
end
local function decide()
  local p = ask.producer
  local found = p and redis.call('HGET', producers, p.name)
  local record = found and cjson.decode(found)
  if record then
    local answer = record.answers[tostring(p.seq)]
    if p.epoch < record.epoch then return { outcome = 'fenced', epoch = record.epoch } end
    if answer then return answer.hash == p.hash and appended(answer, true) or { outcome = 'reused' } end
    if p.seq <= record.last then return { outcome = 'unknown' } end
    if p.seq > record.last + 1 then return { outcome = 'outOfSequence', last = record.last } end
  elseif p and p.seq ~= 1 then return { outcome = 'unknown' } end
  if ask.expect then
    local at, held = { offset = 0, id = '' }, redis.call('HGET', values, entry.key)
    local value = held and cjson.decode(held)
    if value and not value.removed then at = { offset = value.offset, id = value.id } end
    if at.offset ~= ask.expect.offset or at.id ~= ask.expect.id then return { outcome = 'conflict', at = at } end
  end
  entry.prev = { offset = tonumber(top[2] or '0'), id = top[3] or '' }
  entry.offset = entry.prev.offset + 1
  local stored = cjson.encode(entry)
  redis.call('HSET', meta, 'offset', entry.offset, 'id', entry.id)
  redis.call('XADD', stream, 'MAXLEN', keep, entry.offset .. '-0', 'entry', stored)
  if entry.key then
    redis.call('HSET', values, entry.key, stored)
    redis.call('ZADD', order, entry.offset, entry.key)
  end
  if p then
    record = record or { answers = {} }
    record.epoch, record.last = p.epoch, p.seq
    record.answers[tostring(p.seq)] = { offset = entry.offset, id = entry.id, hash = p.hash }
    record.answers[tostring(p.seq - ${answersKept})] = nil
    redis.call('HSET', producers, p.name, cjson.encode(record))
  end
  local latest = redis.call('ZREVRANGE', changes, 0, 0, 'WITHSCORES')
  redis.call('ZADD', changes, (latest[2] or 0) + 1, channel)
  redis.call('PUBLISH', live, cjson.encode({ epoch = top[1], stored = stored }))
  return appended(entry, false)
end
return cjson.encode(decide())`;

const values = `
local meta, values, order = unpack(KEYS)
local found = redis.call('ZRANGE', order, '(' .. ARGV[1], '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[2] + 1)
local entries = #found > 0 and redis.call('HMGET', values, unpack(found)) or {}
return { redis.call('HMGET', meta, 'epoch', 'offset', 'id'), entries }`;

/** Those that changed since the mark: never one read per channel. */
const tops = `
local found = redis.call('ZRANGE', KEYS[1], '(' .. ARGV[1], '+inf', 'BYSCORE', 'WITHSCORES')
local answer = {}
for n = 1, #found, 2 do
  answer[#answer + 1] = { found[n], found[n + 1], redis.call('HMGET', ARGV[2] .. found[n], 'epoch', 'offset', 'id') }
end
return answer`;

/** What is done where the claim has the expected revision: put (a value, a lease), renew (a lease), release (neither). */
const claim = `
local revision, value = unpack(redis.call('HMGET', KEYS[1], 'revision', 'value'))
if (revision or '') ~= ARGV[1] then return { 0, revision or '', value or '' } end
if ARGV[4] == '' then return { redis.call('DEL', KEYS[1]) } end
if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'value', ARGV[3]) end
return { redis.call('PEXPIRE', KEYS[1], ARGV[4]) }`;

type Top = readonly [epoch: string, offset: string | null, id: string | null];

export async function openRedis(port: number, ears: Ears): Promise<Node> {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, commandOptions: { timeout: 0 } });
  // A connection that listens, so that a flood of wake-ups delays no command.
  const listener = client.duplicate();
  await Promise.all([client.connect(), listener.connect()]);
  const followed = new Set<string>();
  const run = async <Answer>(script: string, keys: string[], ...args: string[]): Promise<Answer> =>
    (await client.eval(script, { keys, arguments: args })) as Answer;

  const page = async (
    channel: string,
    read: (stream: string) => Promise<{ message: Record<string, string> }[]>,
  ) => {
    await client.hSetNX(`{p}meta:${channel}`, 'epoch', randomUUID());
    // A script in the broker; two steps that may be torn apart are enough to ask the questions.
    const entries = await read(`{p}stream:${channel}`);
    const top = (await client.hmGet(`{p}meta:${channel}`, [
      'epoch',
      'offset',
      'id',
    ])) as unknown as Top;
    const publications = entries.map(({ message }) => unpack(message['entry']!));
    return { epoch: top[0], top: linkOf(top), publications };
  };

  return {
    log: {
      async follow(channel) {
        followed.add(channel);
        await listener.subscribe(`live:${channel}`, (text) => {
          const { epoch, stored } = JSON.parse(text) as { epoch: string; stored: string };
          ears.deliver(channel, epoch, unpack(stored));
        });
      },
      async unfollow(channel) {
        followed.delete(channel);
        await listener.unsubscribe(`live:${channel}`);
      },
      async append(channel, publication, options: AppendOptions = {}) {
        const names = ['meta', 'stream', 'values', 'order', 'producers'];
        const keys = [...names.map((name) => `{p}${name}:${channel}`), '{p}changes'];
        const { durability, ...asked } = options;
        const fixed = [channel, `live:${channel}`, randomUUID(), String(retained)];
        const answer = await run<string>(
          append,
          keys,
          ...fixed,
          pack(publication),
          JSON.stringify(asked),
        );
        // On the connection that wrote: WAIT speaks of its writes only.
        if (durability === 'replicated' && (await client.wait(1, 1_000)) < 1) {
          throw new BrokerError('BROKER_UNREACHABLE', 'no replica has it yet', true);
        }
        return JSON.parse(answer) as Appended;
      },
      read: (channel, from, count) =>
        page(
          channel,
          async (stream) => (await client.xRange(stream, `${from}-0`, '+', { COUNT: count })) ?? [],
        ),
      latest: (channel, count) =>
        page(channel, async (stream) =>
          ((await client.xRevRange(stream, '+', '-', { COUNT: count })) ?? []).reverse(),
        ),
      async values(channel, after, limit) {
        const keys = ['meta', 'values', 'order'].map((name) => `{p}${name}:${channel}`);
        const [top, found] = await run<[Top, string[]]>(values, keys, String(after), String(limit));
        const publications = found.slice(0, limit).map(unpack);
        return {
          epoch: top[0],
          top: linkOf(top),
          publications,
          more: found.length > limit,
          forgotten: 0,
        };
      },
      async tops(mark = '0') {
        const found = await run<[string, string, Top][]>(tops, ['{p}changes'], mark, '{p}meta:');
        return {
          mark: found.at(-1)?.[1] ?? mark,
          tops: found
            .filter(([channel]) => followed.has(channel))
            .map(([channel, , top]) => ({ channel, epoch: top[0], top: linkOf(top) })),
        };
      },
    },
    claims: {
      async get(key) {
        const { revision, value } = await client.hGetAll(`claim:${key}`);
        return revision === undefined || value === undefined ? undefined : { value, revision };
      },
      async put(key, value, { expect = '', leaseMs }): Promise<Put> {
        const next = randomUUID();
        const [done, revision, held] = await run<[number, string, string]>(
          claim,
          [`claim:${key}`],
          expect,
          next,
          value,
          String(leaseMs),
        );
        if (done === 1) {
          return { done: true, revision: next };
        }
        return { done: false, found: revision === '' ? undefined : { value: held, revision } };
      },
      renew: async (key, revision, leaseMs) =>
        (await run<[number]>(claim, [`claim:${key}`], revision, '', '', String(leaseMs)))[0] === 1,
      release: async (key, revision) =>
        (await run<[number]>(claim, [`claim:${key}`], revision, '', '', ''))[0] === 1,
    },
    bus: {
      follow: (topic) =>
        listener.subscribe(`bus:${topic}`, (text) => ears.hear(topic, JSON.parse(text))),
      unfollow: (topic) => listener.unsubscribe(`bus:${topic}`),
      async send(topic, message) {
        await client.publish(`bus:${topic}`, JSON.stringify(message));
      },
    },
    async stop() {
      await Promise.all([client.close(), listener.close()]);
    },
  };
}

function linkOf([, offset, id]: Top): Link {
  return { offset: Number(offset ?? 0), id: id ?? '' };
}

/** What the application says stays closed: Lua cannot tell an empty list from an empty object. */
function pack(publication: NewPublication): string {
  return JSON.stringify({ ...publication, data: JSON.stringify(publication.data) });
}

function unpack(text: string): Publication {
  const entry = JSON.parse(text) as Publication & { data: string };
  return { ...entry, data: JSON.parse(entry.data) as unknown };
}
