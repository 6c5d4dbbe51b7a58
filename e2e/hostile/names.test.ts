/**
 * Names, reasons and paths that mean something else to an engine, to a log, or to a terminal.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { channelKey, claimKey, producerKey, stateKey } from '../../src/brokers/durable/keys.ts';
import { memory } from '../../src/brokers/memory.ts';
import { createEndpoint } from '../../src/endpoint/index.ts';
import type { Observer } from '../../src/ports/index.ts';
import { isChannelName } from '../../src/wire/index.ts';
import { doors, openHouse } from './doors.ts';
import { frame } from './frames.ts';

const host = '127.0.0.1';
const half = /\p{Surrogate}/u;
const soon = { timeout: 10_000, interval: 10 };

describe('D15: names of channels', () => {
  it('D15: of a million pairs that differ no two stand at one place in a store, or are the same bytes', () => {
    let state = 7;
    const random = (): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (state >>> 8) / 0x800000;
    };
    const parts = [
      ...'aeZ09-_.~:/@+=,"\\!'.split(''),
      'é',
      'e\u0301',
      '\u212b',
      'Å',
      '日',
      '𝒜',
      '\ud835',
      '\udc9c',
      '\0',
      '\n',
      '\u202e',
    ];
    const pick = (): string => {
      let name = '';
      for (let length = 1 + Math.floor(random() * 3); length > 0; length -= 1) {
        name += parts[Math.floor(random() * parts.length)]!;
      }
      return name;
    };
    const same: string[][] = [];
    for (let pair = 0; pair < 1_000_000; pair += 1) {
      const [a, b] = [pick(), pick()];
      // Keys hold any string, such as those of claims and producers. Without halves of characters another text is other bytes.
      const [one, other] = [claimKey(a), claimKey(b)];
      const areNames = isChannelName(a) && isChannelName(b);
      const isSame = one === other || (areNames && a.normalize('NFC') === b.normalize('NFC'));
      const hasHalf = half.test(one) || (isChannelName(a) && half.test(a));
      if ((a !== b && isSame) || hasHalf) {
        same.push([a, b]);
      }
    }
    expect(same).toEqual([]);
    const keys = [channelKey, claimKey].map((key) => key('a!b"c'));
    keys.push(stateKey(1, 'a!b"c'), producerKey(1, 'a!b"c'));
    expect(new Set(keys).size).toBe(4);
  });

  it.each(doors.filter((_door, index) => [0, 3, 4, 7].includes(index)))(
    'D15: through $name no name but its own is reached by one',
    async (door) => {
      const policy = {
        connect: () => 'ann',
        subscribe: () => true,
        publish: () => true,
        signal: () => true,
      };
      const { hub, ...house } = await openHouse({ policy, broker: memory() });
      const victim = await doors[0]!.enter({ hub, ...house });
      victim.say({ type: 'hello', version: 1, capabilities: [] });
      for (const [index, channel] of ['victim', 'victim.room', 'é'].entries()) {
        victim.say({ type: 'subscribe', id: index + 1, channel });
      }
      await expect.poll(() => victim.heard.length, soon).toBe(1 + 2 * 3);
      const before = victim.heard.length;
      const names = [
        ...[
          '\r\n',
          '\r',
          '\n',
          '\0',
          ' ',
          '\t',
          '*',
          '>',
          '#',
          '$',
          '?',
          '[',
          ']',
          '{',
          '}',
        ].flatMap((bad) => [`victim${bad}`, `victim.${bad}room`]),
        'x 0\r\n\r\nPUB victim.room 5\r\nPWNED\r\nPUB y',
        'e\u0301',
        '\u202evictim',
        '\u200bvictim',
        'VICTIM',
        '~inbox:ann',
        '~roster:victim',
        ...[201, 256, 4_097].map((length) => 'v'.repeat(length)),
      ];
      const fates: unknown[] = [];
      const tryOne = async (channel: string): Promise<unknown> => {
        const attacker = await door.enter({ hub, ...house });
        attacker.say({ type: 'hello', version: 1, capabilities: [] });
        attacker.say({ type: 'publish', id: 1, channel, data: 'PWNED' });
        const fate = (): unknown =>
          attacker.left?.code ?? attacker.heard.find((message) => 'id' in message)?.type;
        await expect.poll(fate, soon).toBeDefined();
        const found = fate();
        attacker.leave();
        return found;
      };
      while (fates.length < names.length) {
        fates.push(
          ...(await Promise.all(names.slice(fates.length, fates.length + 10).map(tryOne))),
        );
      }
      const taken = names.filter((_name, index) => fates[index] === 'appended');
      expect(taken).toEqual(['VICTIM']);
      // One that is too long for the wire is no message.
      expect(new Set(fates)).toEqual(new Set(['error', 'appended', 4501]));
      expect(victim.heard.slice(before)).toEqual([]);
      // Halves of characters can be said in JSON only.
      if (door.name.endsWith('JSON')) {
        const attacker = await door.enter({ hub, ...house });
        attacker.say({ type: 'hello', version: 1, capabilities: [] });
        attacker.sayRaw('{"type":"publish","id":1,"channel":"a\\ud800","data":1}');
        await expect.poll(() => attacker.heard.at(-1)?.type, soon).toBe('error');
      }
    },
  );
});

describe('D20: what a log is told', () => {
  const names = ['websocket:open', 'websocket:close', 'handshake:refused'];
  const hostile = [
    '\n{"level":"error","message":"forged"}',
    '\r\n{"level":"error"}',
    '\u001b[2J\u001b[1;31mforged',
    '\u009b31m',
    '\u2028{"level":"error"}',
    '"}\n{"level":"error"}',
    '\u202egnorw',
    'x'.repeat(1_000_000),
  ];

  it('D20: one line for each event, which parses, is short, and has nothing of the peer but its path', async () => {
    const lines: string[] = [];
    for (const name of names) {
      const note = (told: unknown): void => void lines.push(JSON.stringify({ name, told }));
      subscribe(`tautline:${name}`, note);
      onTestFinished(() => void unsubscribe(`tautline:${name}`, note));
    }
    const endpoint = createEndpoint();
    endpoint.mount('/', {}, () => undefined);
    const { port } = await endpoint.listen({ port: 0, host });
    onTestFinished(() => endpoint.close({ withinMs: 0 }));
    const say = (head: string, then?: Uint8Array): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect(port, host);
        socket.on('error', () => undefined);
        socket.once('close', () => resolve());
        socket.once('data', () => {
          socket.write(then ?? '');
          setTimeout(() => socket.end(), 50);
        });
        socket.write(Buffer.from(head, 'latin1'));
      });
    const upgrade =
      'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';
    const asked: Promise<void>[] = [];
    for (const word of hostile) {
      const short = Buffer.from(word.slice(0, 100)).toString('latin1');
      const encoded = encodeURIComponent(word.slice(0, 100));
      const close = Buffer.concat([Buffer.from([3, 232]), Buffer.from(word.slice(0, 40))]);
      asked.push(
        say(`GET /${encoded} HTTP/1.1\r\nHost: ${host}\r\n${upgrade}\r\n`),
        say(`GET /${short} HTTP/1.1\r\nHost: ${host}\r\n${upgrade}\r\n`),
        say(
          `GET /${Buffer.from(word).toString('latin1')} HTTP/1.1\r\nHost: ${host}\r\n${upgrade}\r\n`,
        ),
        say(`GET / HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${short}\r\n${upgrade}\r\n`),
        say(
          `GET /?${encoded} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: ${short}\r\n${upgrade}\r\n`,
          frame(8, close),
        ),
        say(
          `GET / HTTP/1.1\r\nHost: ${host}\r\n${upgrade}\r\n`,
          frame(3, Buffer.from(word.slice(0, 100))),
        ),
      );
    }
    await Promise.all(asked);
    await expect.poll(() => endpoint.websockets.size, soon).toBe(0);
    expect(lines.length).toBeGreaterThan(hostile.length * 3);
    expect(lines.length).toBeLessThanOrEqual(asked.length * 2);
    for (const line of lines) {
      expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      expect(line.length).toBeLessThan(20_000);
      const { told } = JSON.parse(line) as { told: Record<string, unknown> };
      const { path, ...rest } = told;
      expect(String(path)).not.toMatch(/\p{Cc}/u);
      expect(JSON.stringify(rest)).not.toMatch(/forged|level|gnorw|xxx/);
    }
  });

  it('D20: an observer is told names that the protocol knows, whatever a client says', async () => {
    const told: string[] = [];
    const note =
      (name: string) =>
      (...what: readonly unknown[]): void =>
        void told.push(JSON.stringify([name, ...what.slice(1)]));
    const observer: Observer = {
      connected: note('connected'),
      disconnected: note('disconnected'),
      subscribed: note('subscribed'),
      refused: note('refused'),
      failed: note('failed'),
    };
    const policy = { connect: () => 'ann', subscribe: () => true, publish: () => true };
    const house = await openHouse({ policy, broker: memory(), observer });
    for (const word of hostile) {
      const visitor = await doors[0]!.enter(house);
      visitor.say({ type: 'hello', version: 1, capabilities: [], token: word.slice(0, 8_000) });
      visitor.say({ type: 'subscribe', id: 1, channel: word.slice(0, 100_000) });
      visitor.say({
        type: 'publish',
        id: 2,
        channel: 'news',
        data: word.slice(0, 100),
        event: word.slice(0, 60),
      });
      await expect
        .poll(() => visitor.heard.length + (visitor.left ? 9 : 0), soon)
        .toBeGreaterThan(2);
      visitor.sayRaw(word.slice(0, 100_000));
      await expect.poll(() => visitor.left?.code, soon).toBe(4501);
    }
    expect(told.filter((line) => line.startsWith('["connected"'))).toHaveLength(hostile.length);
    for (const line of told) {
      expect(line).toMatch(/^\["\w+"(,"\w+")*\]$/);
      expect(line.length).toBeLessThan(200);
    }
  });
});
