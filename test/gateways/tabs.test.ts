import { describe, expect, it } from 'vitest';
import { native } from '../../src/gateways/native.ts';
import { type TabsLimits, tabs, tabsDefaults } from '../../src/gateways/tabs.ts';
import { Shared } from '../../src/ground/shared.ts';
import type { FrontDesk, Payload } from '../../src/ports/index.ts';
import { testbed } from '../../src/testbed/index.ts';
import { ManualClock } from '../../src/testing/index.ts';
import { disconnects } from '../../src/wire/index.ts';
import { type Heard, nobody, remembering, SlowPipe, settled } from './tabs/world.ts';

function open(limits: TabsLimits = {}, desk: FrontDesk = nobody) {
  const clock = new ManualClock();
  const pipe = new SlowPipe();
  const heard: Heard[] = [];
  const spoken: string[] = [];
  const gateways = ['json', 'binary'].map((name) =>
    remembering(name, (one) => {
      heard.push(one);
      spoken.push(name);
    }),
  );
  const listener = tabs({ ...limits, gateways, clock }).open(pipe, desk);
  return { clock, pipe, heard, spoken, listener };
}

const said = (payload: Payload) => new Shared(payload);

describe('a strand', () => {
  it('is asked for under tautline.tabs.v1, and is a pipe to the gateway that it asks for', () => {
    const { listener, heard, spoken } = open();
    expect(tabs({ gateways: [], clock: new ManualClock() }).subprotocol).toBe('tautline.tabs.v1');
    listener.received('o1 binary');
    listener.received('o2 other json');
    listener.received('o7 binary json');
    expect(spoken).toEqual(['binary', 'json', 'json']);
    const { name, address, handshake } = new SlowPipe();
    expect(heard[0]!.pipe).toMatchObject({ name, address, handshake, bufferedBytes: 0 });
  });

  it('hears what is its own, text and bytes, and nothing else', () => {
    const { listener, heard } = open();
    listener.received('o1 json');
    listener.received('o2 json');
    listener.received('m2 two');
    listener.received('m1 one');
    listener.received(Uint8Array.of(0, 0, 0, 2, 9));
    expect(heard.map(({ payloads }) => payloads)).toEqual([['one'], ['two', Uint8Array.of(9)]]);
  });

  it('says what it says under its number', () => {
    const { listener, heard, pipe } = open();
    listener.received('o5 json');
    heard[0]!.pipe.send(said('hello'));
    heard[0]!.pipe.send(said(Uint8Array.of(9)));
    expect(pipe.sent).toEqual(['m5 hello', Uint8Array.of(0, 0, 0, 5, 9)]);
  });

  it('ends alone when its client closes it', () => {
    const { listener, heard, pipe } = open();
    listener.received('o1 json');
    listener.received('o2 json');
    listener.received('c1 1000 bye');
    listener.received('m1 late');
    listener.received('m2 on');
    heard[0]!.pipe.send(said('late'));
    expect(heard.map(({ closings }) => closings)).toEqual([1, 0]);
    expect(heard.map(({ payloads }) => payloads)).toEqual([[], ['on']]);
    expect([pipe.sent, pipe.closings]).toEqual([[], []]);
  });

  it('ends alone when its session ends, behind all that it was owed, with code and reason', async () => {
    const { listener, heard, pipe } = open();
    listener.received('o1 json');
    listener.received('o2 json');
    heard[0]!.pipe.send(said('last'));
    heard[0]!.pipe.close({ ...disconnects.FENCED, reason: 'elsewhere' });
    heard[0]!.pipe.close(disconnects.BUSY);
    expect(heard[0]!.closings).toBe(0);
    await settled();
    listener.received('m1 late');
    expect(pipe.sent).toEqual(['m1 last', 'c1 4003 elsewhere']);
    expect(heard.map(({ closings }) => closings)).toEqual([1, 0]);
    expect(heard[0]!.payloads).toEqual([]);
    expect(pipe.closings).toEqual([]);
  });

  it('that is refused as it opens hears of its end once, when it can listen', async () => {
    const clock = new ManualClock();
    let closings = 0;
    const refusing = {
      subprotocol: 'json',
      open(pipe: Heard['pipe']) {
        pipe.close(disconnects.TOO_MANY_CONNECTIONS);
        return {
          received: () => undefined,
          closed: () => {
            closings += 1;
          },
        };
      },
    };
    const pipe = new SlowPipe();
    const listener = tabs({ gateways: [refusing], clock }).open(pipe, nobody);
    listener.received('o1 json');
    await settled();
    listener.closed();
    await settled();
    expect([closings, pipe.sent.length]).toEqual([1, 1]);
  });

  it('all end with the pipe, once', async () => {
    const { listener, heard } = open();
    listener.received('o1 json');
    listener.received('o2 json');
    listener.received('o3 json');
    heard[2]!.pipe.close(disconnects.FENCED);
    listener.closed();
    await settled();
    expect(heard.map(({ closings }) => closings)).toEqual([1, 1, 1]);
  });
});

describe('limits of a pipe', () => {
  it('D5: 64 strands are carried, and the 65th alone is refused, until there is room', () => {
    expect(tabsDefaults.maxStrands).toBe(64);
    const { listener, heard, pipe } = open();
    for (let number = 1; number <= 65; number += 1) {
      listener.received(`o${number} json`);
    }
    expect(heard).toHaveLength(64);
    expect(pipe.sent).toEqual([`c65 4005 ${disconnects.TOO_MANY_CONNECTIONS.reason}`]);
    expect(pipe.closings).toEqual([]);
    listener.received('c1 1000 ');
    listener.received('o66 json');
    expect(heard).toHaveLength(65);
  });

  it('a strand whose close waits for the pipe counts', () => {
    const { listener, heard, pipe } = open({ maxStrands: 1, windowBytes: 1 });
    pipe.bufferedBytes = 10;
    listener.received('o1 json');
    heard[0]!.pipe.close(disconnects.FENCED);
    listener.received('o2 json');
    expect(heard).toHaveLength(1);
  });

  it('a subprotocol that is not spoken is refused for good, and the pipe goes on', () => {
    const { listener, heard, pipe } = open();
    listener.received('o1 tautline.tabs.v1');
    listener.received('o2 json');
    expect(pipe.sent).toEqual([`c1 4502 ${disconnects.VERSION_UNSUPPORTED.reason}`]);
    expect(heard).toHaveLength(1);
  });

  it('D5: without a strand it is ended after 10 s, and not a moment sooner', () => {
    const { clock, pipe, listener, heard } = open();
    clock.advance(9_999);
    listener.received('o1 json');
    clock.advance(60_000);
    expect(pipe.closings).toEqual([]);
    listener.received('c1 1000 ');
    clock.advance(9_999);
    expect(pipe.closings).toEqual([]);
    clock.advance(1);
    expect(pipe.closings).toMatchObject([{ name: 'HELLO_TOO_LATE' }]);
    listener.received('o2 json');
    expect(heard).toHaveLength(1);
  });

  it('D5: without a strand it counts for its address, and with some those do', async () => {
    const log: string[] = [];
    const hold = (address: string | undefined) => {
      log.push(`held ${address}`);
      return { why: undefined, release: () => void log.push('released') };
    };
    const { listener, heard } = open({}, { ...nobody, hold });
    expect(log.splice(0)).toEqual(['held 192.0.2.1']);
    listener.received('o1 json');
    listener.received('o2 json');
    expect(log.splice(0)).toEqual(['released']);
    listener.received('c1 1000 ');
    heard[1]!.pipe.close(disconnects.FENCED);
    expect(log).toEqual([]);
    await settled();
    // Not before its session has been told, and counts no more.
    expect(heard[1]!.closings).toBe(1);
    expect(log.splice(0)).toEqual(['held 192.0.2.1']);
    listener.closed();
    listener.closed();
    expect(log).toEqual(['released']);
  });

  it('D5: as many of one address are let in as clients are, whatever they do with their strands', async () => {
    const bed = testbed();
    const { hub } = await bed.serve({
      policy: { connect: () => 'ann' },
      limits: { maxConnectionsPerAddress: 2 },
    });
    const come = () => {
      const pipe = new SlowPipe();
      const listener = tabs({ gateways: [native()], clock: bed.clock }).open(pipe, hub);
      return { pipe, listener };
    };
    const all = [come(), come(), come()];
    expect(all.map(({ pipe }) => pipe.closings.length)).toEqual([0, 0, 1]);
    const [first, second, third] = all;
    expect(third!.pipe.closings).toEqual([disconnects.TOO_MANY_CONNECTIONS]);
    third!.listener.closed();
    first!.listener.received('o1 tautline.v1.json');
    first!.listener.received('o2 tautline.v1.json');
    await bed.advance(1);
    // The one strand took the place of its pipe; for another there is none.
    expect(first!.pipe.sent.filter((frame) => String(frame).startsWith('c'))).toEqual([
      `c2 4005 ${disconnects.TOO_MANY_CONNECTIONS.reason}`,
    ]);
    first!.listener.received('c1 1000 ');
    await bed.advance(1);
    expect([first!.pipe.closings, second!.pipe.closings]).toEqual([[], []]);
    const one = come();
    expect(one.pipe.closings).toEqual([disconnects.TOO_MANY_CONNECTIONS]);
    for (const { listener } of [one, ...all]) {
      listener.closed();
    }
    expect([come(), come()].map(({ pipe }) => pipe.closings)).toEqual([[], []]);
    bed.close();
  });

  it('when it has ended nothing is awaited any more', () => {
    const { clock, listener } = open();
    listener.closed();
    expect(clock.pending).toBe(0);
  });

  it.each(['maxStrands', 'emptyMs', 'windowBytes'] as const)('%s is above zero', (name) => {
    for (const value of [0, -1, Number.NaN]) {
      expect(() => open({ [name]: value })).toThrow(
        expect.objectContaining({ name: 'GatewayError', code: 'OPTION_INVALID' }),
      );
    }
  });
});

describe('frames that are none', () => {
  it.each<[string, Payload]>([
    ['what is no frame', 'hello'],
    ['bytes without a number', Uint8Array.of(1)],
    ['a number again', 'o3 json'],
    ['a smaller number', 'o2 json'],
    ['a message in a strand that was not opened', 'm4 x'],
    ['bytes in one', Uint8Array.of(0, 0, 0, 4, 1)],
    ['the end of one', 'c4 1000 '],
  ])('%s: MESSAGE_INVALID ends the pipe, and nothing is heard behind it', (_title, payload) => {
    const { listener, heard, pipe } = open();
    listener.received('o3 json');
    listener.received(payload);
    listener.received('m3 more');
    listener.received('o9 json');
    expect(pipe.closings).toEqual([
      { code: 4501, name: 'MESSAGE_INVALID', reason: expect.stringMatching(/^.{5,100}$/) },
    ]);
    expect(heard.map(({ payloads }) => payloads)).toEqual([[]]);
    listener.closed();
    expect(heard[0]!.closings).toBe(1);
  });
});
