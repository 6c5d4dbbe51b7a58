/**
 * One server: a hub on the engine, with the gateway that clients reach it by. It dies, and another takes its name.
 * In: an engine. Out: somebody who accepts connections while it lives.
 */
import { native } from '../../src/gateways/native.ts';
import { createHub, type Hub, type Methods } from '../../src/hub/index.ts';
import type { Broker, Pipe, PipeListener } from '../../src/ports/index.ts';
import type { Chance } from './chance.ts';
import type { Engine, NodeBroker } from './engine.ts';
import type { History } from './history.ts';
import type { Host, Network } from './network.ts';
import { roster } from './sayings.ts';
import { ProcessClock, type Time } from './time.ts';

export class HubProcess implements Host {
  readonly name: string;
  clock: ProcessClock;
  accept: ((pipe: Pipe) => PipeListener) | undefined;
  network: Network | undefined;
  private readonly time: Time;
  private readonly chance: Chance;
  private readonly engine: Engine;
  private readonly history: History;
  private readonly hasRosters: boolean;
  private readonly disguise: (broker: Broker) => Broker;
  private readonly hides: boolean;
  private node: NodeBroker | undefined;
  private hub: Hub | undefined;

  /**
   * @param disguise What of the broker the hub sees: the whole, unless a build is to be broken.
   * @param hides Readers are not shown everything: see `isHidden`.
   */
  constructor(
    name: string,
    {
      time,
      chance,
      engine,
      history,
      hasRosters,
      disguise,
      hides,
    }: {
      readonly time: Time;
      readonly chance: Chance;
      readonly engine: Engine;
      readonly history: History;
      /** Sessions and nodes that are gone are to be found out soon. */
      readonly hasRosters: boolean;
      readonly disguise: (broker: Broker) => Broker;
      readonly hides: boolean;
    },
  ) {
    this.name = name;
    this.time = time;
    this.chance = chance;
    this.engine = engine;
    this.history = history;
    this.hasRosters = hasRosters;
    this.disguise = disguise;
    this.hides = hides;
    this.clock = new ProcessClock(time);
  }

  come(): void {
    if (this.accept !== undefined) {
      return;
    }
    this.clock = new ProcessClock(this.time);
    const node = this.engine.node();
    this.node = node;
    const hub = createHub({
      broker: this.disguise(node),
      policy: {
        connect: ({ token }) => token ?? 'nobody',
        subscribe: () => true,
        publish: () => true,
        ...(this.hides && { see: ({ user, data }) => !isHidden(user, data) }),
        signal: () => true,
        enter: () => true,
        roster: () => true,
        call: () => true,
      },
      methods: this.methods(),
      ...(this.hasRosters && { presence: { leaseMs: 6_000 } }),
      clock: this.clock,
      random: this.chance.fill,
      channels: (channel) => (isState(channel) ? { kind: 'state' } : undefined),
      limits: {
        pageEntries: this.chance.pick([2, 3, 256]),
        replayBuffer: this.chance.pick([1, 4, 1_000]),
        ...(this.hasRosters && { sessionMs: 8_000 }),
      },
    });
    this.hub = hub;
    const { clock } = this;
    hub.start().catch(() => {
      // As whoever runs it does: another try.
      if (!clock.isDead) {
        this.crash(true);
        this.time.after(1_000, () => this.come());
      }
    });
    const gateway = native();
    this.accept = (pipe) => gateway.open(pipe, hub);
  }

  private methods(): Methods {
    const { history, clock, chance } = this;
    const work = async (value: unknown): Promise<string> => {
      const answer = history.run(value);
      const ms = chance.pick([0, 200, 3_000]);
      await new Promise<void>((resolve) => {
        clock.after(ms, resolve);
      });
      return answer;
    };
    const back = async (value: unknown, { session }: { readonly session: string }) => {
      const answer = history.run(value);
      const asked = history.call(`back of ${String(value)}`, true);
      await this.hub!.ask(session, 'echo', asked.value, { withinMs: 3_000 }).then(
        (data) => {
          asked.told = 'answered';
          asked.answer = data;
        },
        () => {
          asked.told = 'unknown';
        },
      );
      return answer;
    };
    return { work, back };
  }

  /** As for an update: its clients go elsewhere, each at a moment of its own, and then it comes anew. */
  drain(withinMs: number): void {
    const { clock, hub } = this;
    const comeBack = (): void => {
      if (!clock.isDead) {
        this.crash(true);
        this.come();
      }
    };
    hub?.drain({ withinMs }).then(comeBack, comeBack);
  }

  crash(isTold: boolean): void {
    if (this.accept === undefined) {
      return;
    }
    this.accept = undefined;
    this.clock.isDead = true;
    this.node?.crash();
    for (const connection of this.network!.connections) {
      if (connection.host === this) {
        connection.abandon('host', isTold);
      }
    }
  }
}

/** Whether this reader is not shown what says that, where readers are not shown everything: two thirds of what is published in logs. */
export function isHidden(reader: string, value: unknown): boolean {
  const text = typeof value === 'string' && !value.includes(' state ') ? reader + value : '';
  let sum = 0;
  for (const letter of text) {
    sum += letter.codePointAt(0)!;
  }
  return sum % 3 !== 0;
}

/** Channels of keyed state, by their names. */
export function isState(channel: string): boolean {
  return channel.startsWith('state') || channel === roster;
}
