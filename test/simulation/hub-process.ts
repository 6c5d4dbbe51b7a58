/**
 * One server: a hub on the engine, with the gateway that clients reach it by. It dies, and another takes its name.
 * In: an engine. Out: somebody who accepts connections while it lives.
 */
import { native } from '../../src/gateways/native.ts';
import { createHub, type Hub } from '../../src/hub/index.ts';
import type { Broker, Pipe, PipeListener } from '../../src/ports/index.ts';
import type { Chance } from './chance.ts';
import type { Engine, NodeBroker } from './engine.ts';
import type { Host, Network } from './network.ts';
import { ProcessClock, type Time } from './time.ts';

export class HubProcess implements Host {
  readonly name: string;
  clock: ProcessClock;
  accept: ((pipe: Pipe) => PipeListener) | undefined;
  network: Network | undefined;
  private readonly time: Time;
  private readonly chance: Chance;
  private readonly engine: Engine;
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
      disguise,
      hides,
    }: {
      readonly time: Time;
      readonly chance: Chance;
      readonly engine: Engine;
      readonly disguise: (broker: Broker) => Broker;
      readonly hides: boolean;
    },
  ) {
    this.name = name;
    this.time = time;
    this.chance = chance;
    this.engine = engine;
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
      },
      clock: this.clock,
      random: this.chance.fill,
      channels: (channel) => (isState(channel) ? { kind: 'state' } : undefined),
      limits: {
        pageEntries: this.chance.pick([2, 3, 256]),
        replayBuffer: this.chance.pick([1, 4, 1_000]),
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
  return channel.startsWith('state');
}
