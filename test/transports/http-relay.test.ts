import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/testing/index.ts';
import type { Answer } from '../../src/transports/http-answers.ts';
import type { Ask } from '../../src/transports/http-asks.ts';
import { httpRoadDefaults } from '../../src/transports/http-options.ts';
import { HttpRelay } from '../../src/transports/http-relay.ts';
import type { GiveAnswer } from '../../src/transports/long-poll.ts';
import { Bus } from './roads.ts';

const down: Ask = { kind: 'down', road: 'two.x', acknowledged: 0, waitMs: 25_000 };
const leave: Ask = { kind: 'leave', road: 'two.x' };
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

async function world(perform: (ask: Ask, give: GiveAnswer) => void, limits: object = {}) {
  const clock = new ManualClock();
  const bus = new Bus();
  const all = { ...httpRoadDefaults, ...limits };
  const one = new HttpRelay(bus.post('one'), clock, all, () => undefined);
  const two = new HttpRelay(bus.post('two'), clock, all, perform);
  await one.start();
  await two.start();
  const ask = (what: Ask, node = 'two'): Answer[] => {
    const answers: Answer[] = [];
    void one.ask(node, what).then((answer) => answers.push(answer));
    return answers;
  };
  return { clock, bus, one, two, ask };
}

describe('asking another node', () => {
  it('gives its answer', async () => {
    const { ask, clock } = await world((_ask, give) => give({ status: 204 }, () => undefined));
    const answers = ask(leave);
    await settled();
    expect([answers, clock.pending]).toEqual([[{ status: 204 }], 0]);
  });

  it('a node that says nothing in time has no road', async () => {
    const { ask, clock } = await world(() => undefined);
    const answers = [ask(leave), ask(down, 'dead')];
    await settled();
    clock.advance(1_999);
    await settled();
    expect(answers).toEqual([[], []]);
    clock.advance(1);
    await settled();
    expect(answers.map(([answer]) => answer!.status)).toEqual([410, 410]);
  });

  it('one that says it has it may take its time, but not for ever', async () => {
    const { ask, clock } = await world(() => undefined);
    const answers = ask(down);
    await settled();
    clock.advance(29_999);
    await settled();
    expect(answers).toEqual([]);
    clock.advance(1);
    await settled();
    expect(answers).toEqual([{ status: 204 }]);
  });

  it('an answer that the bus loses is asked for again by the client, and comes then', async () => {
    const { ask, bus, clock } = await world((_ask, give) => give({ status: 204 }, () => undefined));
    bus.loses = ({ type }) => type === 'answer';
    const lost = ask(leave);
    await settled();
    clock.advance(2_000);
    await settled();
    bus.loses = () => false;
    const again = ask(leave);
    await settled();
    expect([lost[0]!.status, again[0]!.status]).toEqual([410, 204]);
  });

  it('not more than so many at once, and none after the end', async () => {
    const { ask, one } = await world(() => undefined, { maxRoads: 1 });
    const [first, second] = [ask(down), ask(down)];
    await settled();
    expect([first, second[0]!.status]).toEqual([[], 410]);
    one.stop();
    await settled();
    expect(first[0]!.status).toBe(410);
  });
});
