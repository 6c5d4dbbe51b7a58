import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Shared } from '../../src/ground/shared.ts';
import type { Payload } from '../../src/ports/index.ts';
import { ManualClock } from '../../src/testing/index.ts';
import { EventPipe } from '../../src/transports/event-pipe.ts';
import type { Exchange } from '../../src/transports/http-answers.ts';
import { httpRoadDefaults } from '../../src/transports/http-options.ts';

/** An answer whose bytes leave when the test says so. */
class Response extends EventEmitter {
  readonly written: string[] = [];
  readonly leaving: (() => void)[] = [];
  destroyed = false;

  writeHead(status: number): void {
    this.written.push(`${status}`);
  }

  write(text: string, left: () => void): void {
    this.written.push(text);
    this.leaving.push(left);
  }

  end(text: string): void {
    this.written.push(text, 'end');
  }

  destroy(): void {
    this.destroyed = true;
  }
}

function open(limits: object = {}) {
  const response = new Response();
  const clock = new ManualClock();
  const pipe = new EventPipe({
    exchange: { incoming: {}, response, origin: undefined } as unknown as Exchange,
    address: '::1',
    handshake: { headers: {}, url: '/' },
    clock,
    limits: { ...httpRoadDefaults, paddingBytes: 1, ...limits },
    retryMs: 7,
  });
  return { response, clock, pipe, say: (text: string) => pipe.send(new Shared<Payload>(text)) };
}
const head = ': \nretry: 7\n\n';

describe('a pipe that can only speak', () => {
  it('waits with its head for the first event, and counts what has not left', () => {
    const { response, pipe, say } = open();
    expect(response.written).toEqual([]);
    say('ü\n\n');
    expect([response.written, pipe.bufferedBytes]).toEqual([
      ['200', head, 'ü\n\n'],
      head.length + 4,
    ]);
    for (const left of response.leaving) {
      left();
    }
    expect(pipe.bufferedBytes).toBe(0);
  });

  it('says that it is there while it is silent', () => {
    const { response, clock, say } = open();
    say('a');
    clock.advance(14_999);
    expect(response.written).toHaveLength(3);
    clock.advance(1);
    clock.advance(15_000);
    expect(response.written.slice(3)).toEqual([':\n\n', ':\n\n']);
  });

  it('whoever waits is told when it is low again, or over', async () => {
    const { response, pipe, say } = open({ highWaterBytes: 20 });
    await pipe.drained();
    say('x'.repeat(20));
    let isDrained = false;
    const drained = pipe.drained().then(() => {
      isDrained = true;
    });
    await Promise.resolve();
    expect(isDrained).toBe(false);
    for (const left of response.leaving) {
      left();
    }
    await drained;
    say('x'.repeat(90));
    const over = pipe.drained();
    pipe.stop();
    await over;
  });

  it.each(['read', 'not read'])('after its end nothing is written; %s, no alarm is left', (how) => {
    const { response, clock, pipe, say } = open();
    say('a');
    pipe.close({ code: 4000, name: 'SERVER_STOPPING', reason: 'x' });
    pipe.close({ code: 4503, name: 'UNAUTHORISED', reason: 'x' });
    say('b');
    if (how === 'read') {
      pipe.stop();
    } else {
      clock.advance(4_999);
      expect(response.destroyed).toBe(false);
      clock.advance(1);
    }
    expect([response.written.slice(2), clock.pending]).toEqual([['a', '', 'end'], 0]);
    expect(response.destroyed).toBe(how === 'not read');
  });

  it('at its limit it goes on; beyond it it is cut', () => {
    const { response, say } = open({ maxBufferedBytes: head.length + 2 });
    say('ab');
    expect(response.destroyed).toBe(false);
    say('c');
    expect(response.destroyed).toBe(true);
  });
});
