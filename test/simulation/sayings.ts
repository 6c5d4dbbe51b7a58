/**
 * What one client says beside what it publishes: signals, its place in a roster, and calls.
 * In: a client while it lives, and what to do. Out: a history of what it was told.
 */
import type { Client } from '../../src/client/client.ts';
import { ClientError } from '../../src/client/errors.ts';
import type { Subscription } from '../../src/client/subscription.ts';
import { rosterMark } from '../../src/wire/index.ts';
import type { Call, History, Standing } from './history.ts';
import type { Network } from './network.ts';

/** Whose roster it is that people enter. Nobody publishes there. */
export const meeting = 'hall';
export const roster: string = rosterMark + meeting;

/** What people do here beside following and publishing. */
export interface Doings {
  readonly hasSignals: boolean;
  readonly hasRosters: boolean;
  readonly hasCalls: boolean;
  /** People leave channels, and follow them again. */
  readonly hasLeaving: boolean;
  readonly hasLadder: boolean;
}

/** What clients call on a server: `work` takes a while, `back` asks the caller before it answers. */
export type MethodName = 'work' | 'back';

/** Codes by which a caller knows that no handler ran, nor will. */
const sayUnsent: readonly string[] = ['NOT_CONNECTED', 'BROKER_UNAVAILABLE', 'TOO_MANY_REQUESTS'];

export class Sayings {
  private readonly name: string;
  private readonly network: Network;
  private readonly history: History;
  private client: Client | undefined;
  private life = '';
  private signals = 0;
  private called = 0;
  private wishes = 0;
  /** Of this life. */
  private calls: Call[] = [];

  constructor(name: string, network: Network, history: History) {
    this.name = name;
    this.network = network;
    this.history = history;
  }

  came(client: Client, life: string): void {
    this.client = client;
    this.life = life;
    client.handle('echo', (data) => this.history.run(data));
    client.on('exited', () => this.stands({ is: 'unknown' }));
  }

  /** With its process all that it waited for is gone. Its place in the roster ends with its session. */
  crashed(): void {
    this.client = undefined;
    for (const call of this.calls.splice(0)) {
      call.told = call.told === 'pending' ? 'unknown' : call.told;
    }
    if (this.history.standings.has(this.name)) {
      this.stands({ is: 'out' });
    }
  }

  signal(subscription: Subscription | undefined): void {
    if (subscription === undefined) {
      return;
    }
    const { life: sender, history } = this;
    const { channel } = subscription;
    this.signals += 1;
    const value = `${sender} signal ${this.signals}`;
    const via = this.network.only(this.name);
    history.signals.set(value, { value, channel, sender, number: this.signals, via });
    subscription.signal(value);
  }

  call(method: MethodName): void {
    const { client, life } = this;
    if (client === undefined) {
      return;
    }
    this.called += 1;
    const call = this.history.call(`${life} ${method} ${this.called}`, false);
    this.calls.push(call);
    client.call(method, call.value, { withinMs: 8_000 }).then(
      (answer) => {
        if (this.client === client) {
          call.told = 'answered';
          call.answer = answer;
        }
      },
      (error: unknown) => {
        if (this.client === client) {
          const isUnsent = error instanceof ClientError && sayUnsent.includes(error.code);
          call.told = isUnsent ? 'unsent' : 'unknown';
        }
      },
    );
  }

  /** Stands in the roster, or says something else there; or leaves it. */
  enterOrExit(isIn: boolean): void {
    const { client } = this;
    if (client === undefined) {
      return;
    }
    this.wishes += 1;
    const wish = this.wishes;
    const value = `${this.life} says ${wish}`;
    const wanted: Standing = isIn ? { is: 'in', value } : { is: 'out' };
    this.stands({ is: 'unknown' });
    const place = client.subscribe(meeting);
    const tell = (standing: Standing): void => {
      // The latest wish counts.
      if (this.client === client && this.wishes === wish) {
        this.stands(standing);
      }
    };
    (isIn ? place.enter(value) : place.exit()).then(
      () => tell(wanted),
      (error: unknown) => {
        const wasOut = error instanceof ClientError && error.code === 'NOT_ENTERED';
        tell(wasOut ? { is: 'out' } : { is: 'unknown' });
      },
    );
  }

  private stands(standing: Standing): void {
    this.history.standings.set(this.name, standing);
  }
}
