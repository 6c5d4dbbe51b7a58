/**
 * G9 and D14 together: sessions come, go and move between nodes that are cut off, go deaf and come back, by chance. A failure names its seed.
 */
import { describe, expect, it } from 'vitest';
import { type PresenceNode, PresenceWorld, Session, settled, type Trouble } from './world.ts';

/** A stay: where it is, and what its last answer said. */
interface Stay {
  node: PresenceNode;
  session: Session;
  isIn: boolean;
  /** What is asked counts; answers to what was asked before do not. */
  asked: number;
}

function diceFrom(seed: number): (sides: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % sides;
  };
}

function enter(stay: Stay, data: number): void {
  stay.asked += 1;
  const { asked, session, node } = stay;
  const wasIn = stay.isIn;
  const request = { type: 'enter', id: asked, channel: 'lobby', data } as const;
  const settle = (isIn: boolean): void => {
    if (stay.asked === asked) {
      stay.isIn = isIn;
    }
  };
  node.presence.enter(session, request).then(
    () => settle(true),
    () => settle(wasIn),
  );
}

function leave(stay: Stay): void {
  stay.asked += 1;
  stay.isIn = false;
}

async function run(seed: number): Promise<{ said: string[]; here: string[]; truth: string[] }> {
  const dice = diceFrom(seed);
  const world = new PresenceWorld();
  const nodes = [await world.node('a'), await world.node('b'), await world.node('c')];
  const stays = new Map<string, Stay>();
  const steps: Record<string, (stay: Stay) => void> = {
    enter: (stay) => enter(stay, dice(100)),
    exit: (stay) => {
      leave(stay);
      const request = { type: 'exit', id: stay.asked, channel: 'lobby' } as const;
      void stay.node.presence.exit(stay.session, request);
    },
    end: (stay) => {
      leave(stay);
      stay.session.isOpen = false;
      stay.node.presence.ended(stay.session.id);
    },
    move: (stay) => {
      const former = stay.node;
      stay.session.isOpen = false;
      stay.node = nodes[dice(3)]!;
      stay.session = new Session(stay.session.id);
      // What a client is in it says again wherever it comes.
      stay.isIn &&= stay.node === former;
      enter(stay, dice(100));
      if (stay.node !== former) {
        former.presence.ended(stay.session.id);
      }
    },
  };
  for (let step = 0; step < 60; step += 1) {
    const id = `s${dice(4)}-${Math.floor(step / 20)}`;
    const fresh: Stay = { node: nodes[dice(3)]!, session: new Session(id), isIn: false, asked: 0 };
    const stay = stays.get(id) ?? fresh;
    stays.set(id, stay);
    if (!stay.session.isOpen) {
      // What has ended does not come again.
      continue;
    }
    const name = ['enter', 'enter', 'exit', 'end', 'move'][dice(5)]!;
    // Whoever cannot reach the log is not asked to move: which of its two nodes would be right is not known.
    steps[name === 'move' && nodes.some(({ trouble }) => trouble !== undefined) ? 'enter' : name]!(
      stay,
    );
    if (dice(6) === 0) {
      nodes[dice(3)]!.trouble = (['cut', 'deaf', undefined] as Trouble[])[dice(3)];
    }
    if (dice(3) === 0) {
      await settled();
    }
    if (dice(8) === 0) {
      await world.pass(dice(25) * 1_000);
    }
  }
  for (const node of nodes) {
    node.trouble = undefined;
  }
  await world.pass(45_000);
  const truth = [...stays].filter(([, { isIn }]) => isIn).map(([id]) => id);
  return {
    said: Object.values(await world.story('lobby')),
    here: [...(await world.members('lobby')).keys()].sort(),
    truth: truth.sort(),
  };
}

describe('whatever happens to sessions and nodes', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'each join has one leave, and afterwards the roster is the truth (seed %i)',
    async (seed) => {
      const { said, here, truth } = await run(seed);
      expect(said.join(' ')).not.toContain('!');
      expect(here).toEqual(truth);
    },
  );
});
