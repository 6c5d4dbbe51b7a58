import { describe, expect, it } from 'vitest';
import { Shared } from '../../src/ground/shared.ts';
import type { Payload } from '../../src/ports/index.ts';
import { ManualClock } from '../../src/testing/index.ts';
import type { Answer } from '../../src/transports/http-answers.ts';
import { type Ask, perform } from '../../src/transports/http-asks.ts';
import { httpRoadDefaults } from '../../src/transports/http-options.ts';
import type { HttpRoad } from '../../src/transports/http-road.ts';
import { HttpRoads } from '../../src/transports/http-roads.ts';

function openRoad(): HttpRoad {
  const road = new HttpRoads('n', new ManualClock(), httpRoadDefaults).open({
    name: 'x',
    address: '',
    handshake: { headers: {}, url: '/' },
  })!;
  road.tell({ received() {}, closed() {} });
  return road;
}

function ask(road: HttpRoad | undefined, what: Ask): { answers: Answer[]; drop: () => void } {
  const answers: Answer[] = [];
  return { answers, drop: perform(road, what, (answer) => answers.push(answer)) };
}

describe('what is asked of a road', () => {
  it('that is not there: gone', () => {
    expect(ask(undefined, { kind: 'leave', road: 'x' }).answers).toMatchObject([{ status: 410 }]);
  });

  it('messages up are numbered, and what came is acknowledged', () => {
    const road = openRoad();
    const up = { kind: 'up', road: 'x', acknowledged: 0, from: 1, messages: ['a'] } as const;
    expect(ask(road, up).answers[0]).toMatchObject({ status: 200, body: '{"received":1}' });
    expect(ask(road, { ...up, from: 9 }).answers[0]).toMatchObject({ status: 409 });
    expect(ask(road, { ...up, acknowledged: 1 }).answers[0]).toMatchObject({ status: 400 });
  });

  it('a poll that nobody waits for any more takes nothing along', async () => {
    const road = openRoad();
    const down = { kind: 'down', road: 'x', acknowledged: 0, waitMs: 100 } as const;
    const first = ask(road, down);
    first.drop();
    road.send(new Shared<Payload>('x'));
    const second = ask(road, down);
    await Promise.resolve();
    expect([first.answers, second.answers[0]!.body]).toEqual([[], 'id: 1\ndata: x\n\n']);
  });

  it('leaving ends it', () => {
    const road = openRoad();
    expect(ask(road, { kind: 'leave', road: 'x' }).answers).toEqual([{ status: 204 }]);
    road.send(new Shared<Payload>('x'));
    expect(road.bufferedBytes).toBe(0);
  });
});
