import { describe, expect, it } from 'vitest';
import { native } from '../../src/gateways/native.ts';
import { Shared } from '../../src/ground/shared.ts';
import type {
  Desk,
  FrontDesk,
  Outlet,
  Payload,
  Pipe,
  PipeListener,
} from '../../src/ports/index.ts';
import type { ClientMessage, Disconnect, ServerMessage } from '../../src/wire/index.ts';

class TestPipe implements Pipe {
  readonly name = 'test';
  readonly address = '192.0.2.1';
  bufferedBytes = 0;
  readonly sent: Shared<Payload>[] = [];
  readonly log: unknown[] = [];

  send(payload: Shared<Payload>): void {
    this.sent.push(payload);
    this.log.push(payload.value);
  }

  async drained(): Promise<void> {
    this.log.push('drained');
  }

  close(why: Disconnect): void {
    this.log.push(why);
  }
}

interface Session extends Desk {
  readonly said: ClientMessage[];
  readonly rejected: Disconnect[];
  closings: number;
}

function open(): { pipe: TestPipe; session: Session; outlet: Outlet; listener: PipeListener } {
  const pipe = new TestPipe();
  const session: Session = {
    said: [],
    rejected: [],
    closings: 0,
    receive: (message) => void session.said.push(message),
    reject: (why) => void session.rejected.push(why),
    closed: () => {
      session.closings += 1;
    },
  };
  let outlet!: Outlet;
  const frontDesk: FrontDesk = {
    open(given) {
      outlet = given;
      return session;
    },
  };
  return { pipe, session, listener: native().open(pipe, frontDesk), outlet };
}

describe('tautline.v1.json, from the client', () => {
  it('is asked for by its name', () => {
    expect(native().subprotocol).toBe('tautline.v1.json');
  });

  it('a text is a message', () => {
    const { session, listener } = open();
    listener.received('{"type":"publish","id":3,"channel":"news","data":{"a":1}}');
    expect(session.said).toEqual([{ type: 'publish', id: 3, channel: 'news', data: { a: 1 } }]);
    expect(session.rejected).toEqual([]);
  });

  it.each(['', 'hello', '[]', 'null', '{}', '{"type":"nonsense"}', '{"type":"ping"}'])(
    '%j is none: MESSAGE_INVALID, and the reason says what is wrong',
    (text) => {
      const { session, listener } = open();
      listener.received(text);
      expect(session.said).toEqual([]);
      expect(session.rejected).toEqual([
        { code: 4501, name: 'MESSAGE_INVALID', reason: expect.stringMatching(/.{5,}/) },
      ]);
    },
  );

  it('bytes are none', () => {
    const { session, listener } = open();
    listener.received(new TextEncoder().encode('{"type":"ping","id":1}'));
    expect(session.said).toEqual([]);
    expect(session.rejected).toEqual([
      { code: 4501, name: 'MESSAGE_INVALID', reason: 'messages of this subprotocol are text' },
    ]);
  });

  it('no reason is longer than a close frame has room for', () => {
    const { session, listener } = open();
    listener.received(JSON.stringify({ type: '€'.repeat(500) }));
    listener.received(JSON.stringify({ type: 'publish', id: 'x'.repeat(5_000) }));
    expect(session.rejected).toHaveLength(2);
    for (const { reason } of session.rejected) {
      expect(new TextEncoder().encode(reason).length).toBeLessThanOrEqual(123);
    }
  });

  it('the end of the pipe is told', () => {
    const { session, listener } = open();
    listener.closed();
    expect(session.closings).toBe(1);
  });
});

describe('tautline.v1.json, to the client', () => {
  it('one message is encoded once for all pipes, and so is what the transport makes of it', () => {
    const [one, other] = [open(), open()];
    const message = new Shared<ServerMessage>({ type: 'pong', id: 7 });
    one.outlet.send(message);
    other.outlet.send(message);
    expect(one.pipe.sent[0]!.value).toBe('{"type":"pong","id":7}');
    expect(other.pipe.sent[0]).toBe(one.pipe.sent[0]);
  });

  it('a session that is sent away is told why before the pipe is closed', () => {
    const { outlet, pipe } = open();
    const why: Disconnect = { code: 4000, name: 'SERVER_STOPPING', reason: 'bye', retryAfterMs: 5 };
    outlet.close(why);
    expect(pipe.log).toEqual([
      '{"type":"disconnect","code":4000,"name":"SERVER_STOPPING","reason":"bye","retryAfterMs":5}',
      why,
    ]);
  });

  it('the outlet is what the pipe is', async () => {
    const { outlet, pipe } = open();
    pipe.bufferedBytes = 42;
    await outlet.drained();
    expect([outlet.name, outlet.address, outlet.bufferedBytes, pipe.log]).toEqual([
      'test',
      '192.0.2.1',
      42,
      ['drained'],
    ]);
  });
});
