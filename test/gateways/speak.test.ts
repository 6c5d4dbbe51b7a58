import { describe, expect, it } from 'vitest';
import { native } from '../../src/gateways/native.ts';
import { frameLength } from '../../src/gateways/speak.ts';
import { Shared } from '../../src/ground/shared.ts';
import type { Disconnect, ServerMessage } from '../../src/wire/index.ts';
import { openBy, turned } from './world.ts';

const open = () => openBy(native());
const pong = (id: number) => new Shared<ServerMessage>({ type: 'pong', id });
const said = (length: number) =>
  new Shared<ServerMessage>({ type: 'reply', id: 1, data: 'x'.repeat(length) });
const stopping: Disconnect = {
  code: 4000,
  name: 'SERVER_STOPPING',
  reason: 'bye',
  retryAfterMs: 5,
};
const stoppingText =
  '{"type":"disconnect","code":4000,"name":"SERVER_STOPPING","reason":"bye","retryAfterMs":5}';

describe('what a client says', () => {
  it('is heard until the session has ended, and not behind that, in the same frame', () => {
    const { session, listener, outlet } = open();
    session.react = () => {
      if (session.said.length === 2) {
        outlet.close(stopping);
      }
    };
    listener.received('[{"type":"ping","id":1},{"type":"ping","id":2},{"type":"ping","id":3}]');
    expect(session.said).toHaveLength(2);
  });

  it('is heard until the pipe has ended', () => {
    const { session, listener } = open();
    session.react = () => listener.closed();
    listener.received('[{"type":"ping","id":1},{"type":"ping","id":2}]');
    expect([session.said.length, session.closings]).toEqual([1, 1]);
  });

  it('the end of the pipe is told', () => {
    const { session, listener } = open();
    listener.closed();
    expect(session.closings).toBe(1);
  });
});

describe('what is told within one turn', () => {
  it('waits for its end, then leaves as one frame', async () => {
    const { outlet, pipe } = open();
    outlet.send(pong(1));
    outlet.send(pong(2));
    expect(pipe.log).toEqual([]);
    await turned();
    expect(pipe.log).toEqual(['[{"type":"pong","id":1},{"type":"pong","id":2}]']);
  });

  it('alone it is encoded once for all pipes, and so is what the transport makes of it', async () => {
    const [one, other] = [open(), open()];
    const message = pong(7);
    one.outlet.send(message);
    other.outlet.send(message);
    await turned();
    expect(one.pipe.sent[0]!.value).toBe('{"type":"pong","id":7}');
    expect(other.pipe.sent[0]).toBe(one.pipe.sent[0]);
  });

  it('among others it is encoded once all the same', async () => {
    let encoded = 0;
    const data = {
      toJSON() {
        encoded += 1;
        return 'once';
      },
    };
    const message = new Shared<ServerMessage>({ type: 'reply', id: 7, data });
    const [one, other] = [open(), open()];
    for (const { outlet } of [one, other]) {
      outlet.send(pong(1));
      outlet.send(message);
    }
    await turned();
    expect(encoded).toBe(1);
    expect(other.pipe.log).toEqual(one.pipe.log);
    expect(one.pipe.log).toHaveLength(1);
  });

  it('counts as buffered until then', async () => {
    const { outlet, pipe } = open();
    pipe.bufferedBytes = 42;
    outlet.send(pong(1));
    expect(outlet.bufferedBytes).toBe(42 + '{"type":"pong","id":1}'.length);
    await turned();
    expect(outlet.bufferedBytes).toBe(42);
  });

  it('leaves sooner when it is long, so that no frame joins more than 65,536 characters', async () => {
    expect(frameLength).toBe(65_536);
    const { outlet, pipe } = open();
    for (let sent = 0; sent < 4; sent += 1) {
      outlet.send(said(30_000));
    }
    expect(pipe.log).toHaveLength(1);
    await turned();
    expect(pipe.log).toHaveLength(2);
  });

  it('one that is longer alone is a frame of its own, in its place', async () => {
    const { outlet, pipe } = open();
    outlet.send(pong(1));
    outlet.send(said(frameLength));
    outlet.send(pong(2));
    await turned();
    expect(pipe.log.map((text) => String(text).slice(0, 22))).toEqual([
      '{"type":"pong","id":1}',
      '{"type":"reply","id":1',
      '{"type":"pong","id":2}',
    ]);
  });

  it('1,000 messages are a frame, and the next begins another', async () => {
    const { outlet, pipe } = open();
    for (let id = 1; id <= 1_001; id += 1) {
      outlet.send(pong(id));
    }
    await turned();
    const counts = pipe.log.map((text) => [JSON.parse(String(text)) as unknown].flat().length);
    expect(counts).toEqual([1_000, 1]);
  });
});

describe('the outlet', () => {
  it('tells why before the pipe is closed, behind all that was told before', () => {
    const [quiet, busy] = [open(), open()];
    quiet.outlet.close(stopping);
    expect(quiet.pipe.log).toEqual([stoppingText, stopping]);
    busy.outlet.send(pong(1));
    busy.outlet.close(stopping);
    expect(busy.pipe.log).toEqual([`[{"type":"pong","id":1},${stoppingText}]`, stopping]);
  });

  it('gives the pipe what waits before it waits for the pipe', async () => {
    const { outlet, pipe } = open();
    outlet.send(pong(1));
    await outlet.drained();
    expect(pipe.log).toEqual(['{"type":"pong","id":1}', 'drained']);
  });

  it('is what the pipe is', () => {
    const { outlet, pipe } = open();
    expect([outlet.name, outlet.address]).toEqual([pipe.name, pipe.address]);
  });
});
