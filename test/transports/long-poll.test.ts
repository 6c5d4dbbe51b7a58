import { describe, expect, it } from 'vitest';
import { Shared } from '../../src/ground/shared.ts';
import type { Payload } from '../../src/ports/index.ts';
import { ManualClock } from '../../src/testing/index.ts';
import type { Answer } from '../../src/transports/http-answers.ts';
import { httpRoadDefaults } from '../../src/transports/http-options.ts';
import { HttpRoads } from '../../src/transports/http-roads.ts';
import { Poll } from '../../src/transports/long-poll.ts';

function world(limits: object = {}) {
  const clock = new ManualClock();
  const roads = new HttpRoads('n', clock, { ...httpRoadDefaults, ...limits });
  const road = roads.open({
    name: 'long-poll',
    address: undefined,
    handshake: { headers: {}, url: '/' },
  })!;
  road.tell({ received() {}, closed() {} });
  const answers: Answer[] = [];
  const poll = (after = 0): Poll =>
    new Poll(road, after, 1_000, (answer, onSent) => {
      answers.push(answer);
      onSent();
    });
  const say = (text: string): void => road.send(new Shared<Payload>(text));
  return { clock, road, answers, poll, say };
}

describe('a poll', () => {
  it('is answered at once when something waits, with all of one turn', async () => {
    const { answers, poll, say } = world();
    poll();
    say('a');
    say('b');
    await Promise.resolve();
    say('c');
    expect(answers).toEqual([
      { status: 200, type: 'text/event-stream', body: 'id: 1\ndata: a\n\nid: 2\ndata: b\n\n' },
    ]);
  });

  it('is answered with nothing when its time is over', () => {
    const { clock, answers, poll } = world();
    poll();
    clock.advance(999);
    expect(answers).toEqual([]);
    clock.advance(1);
    expect(answers).toEqual([{ status: 204 }]);
  });

  it('carries so much at the most', async () => {
    const { answers, poll, say } = world({ maxAnswerBytes: 20 });
    for (const text of ['1', '2', '3']) {
      say(text);
    }
    poll();
    await Promise.resolve();
    poll(2);
    await Promise.resolve();
    expect(answers.map(({ body }) => body)).toEqual([
      'id: 1\ndata: 1\n\nid: 2\ndata: 2\n\n',
      'id: 3\ndata: 3\n\n',
    ]);
  });

  it('D17: is replaced by the next one, and ends with its road', () => {
    const { road, answers, poll } = world();
    poll();
    poll();
    road.vanish();
    expect(answers.map(({ status }) => status)).toEqual([409, 410]);
  });

  it('that carries the end of its road is repeated until that has come', async () => {
    const { road, answers, poll } = world();
    poll();
    road.close({ code: 4000, reason: 'bye' });
    await Promise.resolve();
    poll();
    await Promise.resolve();
    expect(answers[0]!.body).toContain('event: close');
    expect(answers[1]).toEqual(answers[0]);
    expect(road.heard(1)).toBe('over');
  });
});
