/**
 * G10 and D12 together: nodes are cut off, go mute and lose messages by chance, while users are revoked and come anew. A failure names its seed.
 */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/testing/seeded-random.ts';
import { settled } from '../world.ts';
import { Cluster, type Node, type Reader } from './world.ts';

const users = ['ann', 'bob', 'eve'];
const stepMs = 100;
const troubledMs = 40_000;
const healedMs = 40_000;

interface Comer {
  readonly client: Reader;
  readonly user: string;
  readonly cameMs: number;
}

interface Revocation {
  readonly user: string;
  readonly givenMs: number;
  doneMs: number | undefined;
}

class Universe {
  readonly cluster = new Cluster({ limits: { sessionMs: 20_000 } });
  readonly comers: Comer[] = [];
  readonly revocations: Revocation[] = [];
  readonly published: number[] = [];
  readonly anomalies: string[] = [];
  private readonly random: () => number;
  private nodes: Node[] = [];

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  async run(): Promise<void> {
    this.nodes = await this.cluster.nodes(3);
    for (let passed = 0; passed < troubledMs; passed += stepMs) {
      this.trouble();
      await this.live();
      await this.cluster.pass(stepMs);
    }
    for (const { way } of this.nodes) {
      Object.assign(way, { isCut: false, isMute: false, losesMessage: () => false });
    }
    for (let passed = 0; passed < healedMs; passed += stepMs) {
      this.publish();
      await this.cluster.pass(stepMs);
    }
    this.judge();
  }

  private happens(chance: number): boolean {
    return this.random() < chance;
  }

  private pick<Value>(values: readonly Value[]): Value {
    return values[Math.floor(this.random() * values.length)]!;
  }

  private trouble(): void {
    if (this.happens(0.03)) {
      const { way } = this.pick(this.nodes);
      const { clock } = this.cluster;
      const kind = this.pick(['isCut', 'isMute', 'losesMessage'] as const);
      const chance = this.pick([0.3, 1]);
      const losing = (): boolean => this.happens(chance);
      Object.assign(way, { [kind]: kind === 'losesMessage' ? losing : true });
      const healed = { [kind]: kind === 'losesMessage' ? () => false : false };
      clock.after(1_000 + this.random() * 20_000, () => Object.assign(way, healed));
    }
  }

  private async live(): Promise<void> {
    if (this.happens(0.1)) {
      await this.come(this.pick(this.nodes), this.pick(users));
    }
    if (this.happens(0.05) && this.comers.length > 0) {
      await this.goAndComeBack(this.pick(this.comers));
    }
    if (this.happens(0.02)) {
      this.revoke(this.pick(this.nodes), this.pick(['ann', 'bob']));
    }
    this.publish();
  }

  private async come(node: Node, user: string, resume?: Comer): Promise<void> {
    const client = await this.cluster.come(node, user, resume?.client.welcome);
    const { welcome } = client;
    if (welcome === undefined) {
      return;
    }
    // Who goes on with a session is as old as that.
    const cameMs = welcome.resumed ? resume!.cameMs : this.cluster.clock.nowMs();
    this.comers.push({ client, user, cameMs });
    client.subscribe('news');
    await settled();
  }

  private async goAndComeBack(comer: Comer): Promise<void> {
    if (comer.client.why === undefined && comer.client.welcome !== undefined) {
      comer.client.why = { code: 1000, name: 'BUSY', reason: 'went' };
      comer.client.desk.closed();
      await settled();
      await this.come(this.pick(this.nodes), comer.user, comer);
    }
  }

  private revoke({ hub }: Node, user: string): void {
    const { clock } = this.cluster;
    const revocation: Revocation = { user, givenMs: clock.nowMs(), doneMs: undefined };
    this.revocations.push(revocation);
    hub.revoke({ user }).then(
      () => {
        revocation.doneMs = clock.nowMs();
      },
      () => undefined,
    );
  }

  private publish(): void {
    const { length } = this.published;
    this.published.push(length);
    void this.pick(this.nodes)
      .hub.publish('news', length)
      .catch(() => undefined);
  }

  private judge(): void {
    for (const { user, givenMs, doneMs } of this.revocations) {
      for (const { client, user: whose, cameMs } of this.comers) {
        if (doneMs !== undefined && whose === user && cameMs < givenMs) {
          if (client.lastMs > doneMs) {
            this.anomalies.push(`late-delivery to ${user} at ${client.lastMs}, done at ${doneMs}`);
          }
          if (client.why === undefined) {
            this.anomalies.push(`${user} of ${cameMs} lives on after ${doneMs}`);
          }
        }
      }
    }
    for (const { client, user } of this.comers) {
      const gaps = client.all('gap').length;
      if (user === 'eve' && (client.why?.name === 'REVOKED' || gaps > 0)) {
        this.anomalies.push(`eve: ${client.why?.name ?? 'here'}, ${gaps} gaps`);
      }
    }
  }
}

describe('G10: nothing is delivered to whom was revoked', () => {
  it('G10: once the revocation is done, whatever goes wrong; and nobody else is ended by it', async () => {
    let done = 0;
    for (let seed = 1; seed <= 25; seed += 1) {
      const universe = new Universe(seed);
      await universe.run();
      expect(universe.anomalies, `seed ${seed}`).toEqual([]);
      done += universe.revocations.filter(({ doneMs }) => doneMs !== undefined).length;
    }
    // There was something to judge.
    expect(done).toBeGreaterThan(50);
  }, 60_000);
});
