import { describe, expect, it, onTestFinished } from 'vitest';
import { Downlink } from '../../../src/client/transports/http-downlink.ts';
import { Patience } from '../../../src/client/transports/http-patience.ts';
import type { Fetch } from '../../../src/client/transports/http-request.ts';
import { ManualClock } from '../../../src/testing/index.ts';

type Answer = string | number | ReadableStream<Uint8Array>;

type Kind = 'stream' | 'poll' | 'now';

function world(kinds: Kind | (() => Kind), answers: Answer[]) {
  const clock = new ManualClock();
  const asked: (string | null)[] = [];
  const told: unknown[] = [];
  const fetched = ((_url: string, { headers, signal }: RequestInit) => {
    asked.push(new Headers(headers).get('tautline-acknowledge'));
    const answer = answers.shift();
    if (answer === undefined) {
      return new Promise((_resolve, reject) => {
        signal!.addEventListener('abort', () => reject(new Error('aborted')));
      });
    }
    return Promise.resolve(
      typeof answer === 'number'
        ? new Response(null, { status: answer })
        : new Response(aborting(answer, signal!)),
    );
  }) as unknown as Fetch;
  const downlink = new Downlink({
    wires: { url: 'http://a', fetch: fetched, clock },
    road: 'n.x',
    patience: new Patience(clock, () => 0, 1_000),
    stallMs: 40_000,
    firstByteMs: 4_000,
    restMs: 1_000,
    maxEventLength: 100,
    kind: typeof kinds === 'string' ? () => kinds : kinds,
    asked: () => undefined,
    listener: {
      opened: () => told.push('opened'),
      received: (payload) => told.push(payload),
      closed: (code, reason) => told.push(`closed ${code} ${reason}`),
      failed: (reason) => told.push(`failed: ${reason}`),
    },
  });
  onTestFinished(() => downlink.stop());
  const settled = async (): Promise<void> => {
    for (let i = 0; i < 3; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      clock.advance(0);
    }
  };
  return { clock, asked, told, downlink, settled };
}
/** As the body of a fetch is: over when that is aborted. */
function aborting(answer: Exclude<Answer, number>, signal: AbortSignal): BodyInit {
  return typeof answer === 'string'
    ? answer
    : answer.pipeThrough(new TransformStream(), { signal });
}
const event = (id: number, data: string): string => `id: ${id}\ndata: ${data}\n\n`;

describe('events on their way down', () => {
  it('each request goes on from the last event; what comes twice is passed over', async () => {
    const { asked, told, settled } = world('poll', [
      event(1, 'a') + event(2, 'b'),
      204,
      event(2, 'b') + event(3, 'c'),
    ]);
    await settled();
    expect(told).toEqual(['opened', 'a', 'b', 'c']);
    expect(asked).toEqual(['0', '2', '2', '3']);
  });

  it.each([
    ['a hole', event(2, 'b')],
    ['no number', 'data: x\n\n'],
    ['a name that is not ours', 'id: 1\nevent: other\ndata: x\n\n'],
    ['more than may be', `id: 1\ndata: ${'x'.repeat(200)}\n\n`],
  ])('%s ends it', async (_what, answer) => {
    const { told, settled } = world('poll', [answer]);
    await settled();
    expect(told).toEqual(['opened', 'failed: an event is too long, or none of ours']);
  });

  it('the end that the server tells is the end', async () => {
    const { asked, told, settled } = world('poll', [
      'id: 1\nevent: close\ndata: {"code":4000,"reason":"bye"}\n\n',
    ]);
    await settled();
    expect([told, asked]).toEqual([['opened', 'closed 4000 bye'], ['0']]);
  });

  it('a stream has opened with its first byte, and not before', async () => {
    let push: ((text: string) => void) | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        push = (text) => controller.enqueue(new TextEncoder().encode(text));
      },
    });
    const { told, settled } = world('stream', [body]);
    await settled();
    expect(told).toEqual([]);
    push!(':\n\n');
    await settled();
    expect(told).toEqual(['opened']);
    push!(event(1, 'a').slice(0, 5));
    push!(event(1, 'a').slice(5));
    await settled();
    expect(told).toEqual(['opened', 'a']);
  });

  it('a first stream that brings nothing in time is held back; a later silence asks anew', async () => {
    const first = world('stream', []);
    await first.settled();
    first.clock.advance(4_000);
    await first.settled();
    expect(first.told).toEqual(['failed: the stream is held back on its way']);
    const open = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(':\n\n')),
    });
    const later = world('stream', [open]);
    await later.settled();
    later.clock.advance(39_999);
    await later.settled();
    expect([later.told, later.asked.length]).toEqual([['opened'], 1]);
    later.clock.advance(1);
    await later.settled();
    expect([later.told, later.asked.length]).toEqual([['opened'], 2]);
  });

  it('a stream that comes after answers of another kind is found to be held back, too', async () => {
    let kind: Kind = 'now';
    const { clock, told, downlink, settled } = world(() => kind, [event(1, 'a'), 204]);
    await settled();
    kind = 'stream';
    downlink.wake();
    await settled();
    clock.advance(3_999);
    await settled();
    expect(told).toEqual(['opened', 'a']);
    clock.advance(1);
    await settled();
    expect(told).toEqual(['opened', 'a', 'failed: the stream is held back on its way']);
  });

  it.each([500, 503, 429, 409])('%i is tried again, for so long', async (status) => {
    const { clock, told, settled, asked } = world(
      'poll',
      Array.from({ length: 90 }, () => status),
    );
    await settled();
    expect(asked.length).toBeGreaterThan(1);
    clock.advance(2_000);
    await settled();
    expect(told.at(-1)).toBe('failed: requests fail');
  });

  it.each([400, 403, 404, 410])('%i is the end', async (status) => {
    const { told, settled } = world('poll', [status]);
    await settled();
    expect(told).toEqual(['opened', `failed: a request was refused with ${status}`]);
  });

  it('answers that come at once are asked for with rests between them, which a better way ends', async () => {
    const { clock, asked, downlink, settled } = world('now', [204, 204, 204]);
    await settled();
    expect(asked).toHaveLength(1);
    clock.advance(1_000);
    await settled();
    expect(asked).toHaveLength(2);
    downlink.wake();
    await settled();
    expect(asked).toHaveLength(3);
  });

  it('when it is stopped nothing is told, and nothing is waited for', async () => {
    const { clock, told, downlink, settled } = world('poll', []);
    await settled();
    downlink.stop();
    await settled();
    expect([told, clock.pending]).toEqual([['opened'], 0]);
  });
});

describe('an end that cannot be read', () => {
  it.each(['none', 'null', '{}', '{"code":"4000","reason":""}'])(
    '%s is told as a failure: nobody is left waiting',
    async (data) => {
      const { told, settled } = world('poll', [`id: 1\nevent: close\ndata: ${data}\n\n`]);
      await settled();
      expect(told).toEqual(['opened', 'failed: an event is too long, or none of ours']);
    },
  );
});

describe('answers with nothing in them that do not wait', () => {
  it('are not asked for without a rest', async () => {
    const { asked, clock, settled } = world(
      'poll',
      Array.from({ length: 1_000 }, () => 204),
    );
    for (let second = 0; second < 5; second += 1) {
      await settled();
      clock.advance(1_000);
    }
    expect(asked.length).toBeLessThan(8);
  });
});
