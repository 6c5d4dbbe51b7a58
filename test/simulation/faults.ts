/**
 * What goes wrong in a universe, and when: each seed has its own classes of faults, so that one does not hide what another would show.
 * In: chance, and handles to break things by. Out: faults, until all is healed.
 */
import type { Chance } from './chance.ts';
import type { Engine } from './engine.ts';
import type { HubProcess } from './hub-process.ts';
import type { Network } from './network.ts';
import type { Person } from './people.ts';
import type { Time } from './time.ts';

export interface Broken {
  readonly time: Time;
  readonly chance: Chance;
  readonly engine: Engine;
  readonly network: Network;
  readonly hubs: readonly HubProcess[];
  readonly people: readonly Person[];
}

/** From now on until all is healed. */
const states: Readonly<Record<string, (world: Broken) => void>> = {
  slowNetwork: ({ network, chance }) => {
    network.faults.delayMs = chance.pick([200, 2_000, 9_000]);
  },
  cutConnections: ({ network, chance }) => {
    network.faults.cut = chance.pick([0.002, 0.02, 0.1]);
  },
  halfOpenPaths: ({ network }) => {
    network.faults.cut = Math.max(network.faults.cut, 0.02);
    network.faults.halfOpen = 0.7;
  },
  slowEngine: ({ engine, chance }) => {
    engine.faults.delayMs = chance.pick([50, 1_000]);
  },
  lostAnswers: ({ engine, chance }) => {
    engine.faults.answerLoss = chance.pick([0.02, 0.2]);
  },
  lostAnnouncements: ({ engine, chance }) => {
    engine.faults.announcementLoss = chance.pick([0.05, 0.5]);
  },
};

/** At one moment; some end by themselves. */
const blows: Readonly<Record<string, (world: Broken) => void>> = {
  hubDies: ({ hubs, chance, time }) => {
    const hub = chance.pick(hubs);
    hub.crash(chance.happens(0.5));
    time.after(chance.between(100, 8_000), () => hub.come());
  },
  hubDrains: ({ hubs, chance }) => {
    chance.pick(hubs).drain(chance.between(100, 5_000));
  },
  betterWay: ({ network, chance }) => {
    const connections = [...network.connections];
    if (connections.length > 0) {
      chance.pick(connections).betterWay();
    }
  },
  clientDies: ({ people, chance, time }) => {
    const person = chance.pick(people);
    // With something on its way.
    person.publish('news');
    person.publish('news');
    time.after(chance.between(0, 300), () => {
      person.crash(chance.happens(0.5));
      time.after(chance.between(10, 5_000), () => person.come());
    });
  },
  bothDie: ({ people, hubs, network, chance, time }) => {
    const person = chance.pick(people);
    const host = [...network.connections].find(({ client }) => client === person.name)?.host;
    const hub = hubs.find((one) => one === host) ?? chance.pick(hubs);
    for (const process of [person, hub]) {
      process.crash(chance.happens(0.5));
      time.after(chance.between(10, 12_000), () => process.come());
    }
  },
  engineIsDown: ({ engine, chance, time }) => {
    engine.faults.isDown = true;
    time.after(chance.between(100, 6_000), () => {
      engine.faults.isDown = false;
    });
  },
  engineRewinds: ({ engine, chance }) => void engine.rewind(chance.between(1, 4)),
  engineForgets: ({ engine }) => void engine.flush(),
  claimsAreLost: ({ engine }) => void engine.loseClaims(),
  streamsStop: ({ network, people, chance, time }) => {
    const { name } = chance.pick(people);
    network.stopStreams(name);
    time.after(chance.between(500, 12_000), () => network.streamless.delete(name));
  },
  partition: ({ network, people, hubs, chance, time }) => {
    network.part(chance.pick(people).name, chance.pick(hubs).name);
    time.after(chance.between(500, 25_000), () => network.heal());
  },
  clockJumps: ({ hubs, people, chance }) => {
    chance.pick([...hubs, ...people]).clock.skewMs += chance.between(-3_600_000, 3_600_000);
  },
  slowReader: ({ network, chance, time }) => {
    const connections = [...network.connections];
    if (connections.length > 0) {
      const side = chance.pick(['client', 'host'] as const);
      chance.pick(connections).stall(side, time.nowMs + chance.between(500, 10_000));
    }
  },
};

export const faultNames: readonly string[] = [...Object.keys(states), ...Object.keys(blows)];

/** Lets faults happen until `endMs`. Gives the classes that this universe has. */
export function breakThings(world: Broken, endMs: number): readonly string[] {
  const { chance, time } = world;
  const classes = faultNames.filter(() => chance.happens(0.3));
  const rarely = new Set(['engineRewinds', 'engineForgets', 'claimsAreLost']);
  for (const name of classes) {
    const begin = states[name];
    if (begin !== undefined) {
      time.after(chance.between(0, endMs / 2), () => begin(world));
    }
    const blow = blows[name];
    for (
      let left = chance.between(1, rarely.has(name) ? 2 : 4);
      blow !== undefined && left > 0;
      left -= 1
    ) {
      time.after(chance.between(1_000, endMs - 1), () => blow(world));
    }
  }
  return classes;
}

/** Everything works again, and everybody is there. */
export function heal({ engine, network, hubs, people }: Broken): void {
  Object.assign(engine.faults, { delayMs: 5, answerLoss: 0, announcementLoss: 0, isDown: false });
  Object.assign(network.faults, { delayMs: 20, cut: 0, halfOpen: 0 });
  network.heal();
  for (const process of [...hubs, ...people]) {
    process.come();
  }
}
