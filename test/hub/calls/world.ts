/**
 * Nodes that share an engine, each with its calls.
 */

import { Calls, methodsByName } from '../../../src/hub/calls/calls.ts';
import type { Methods } from '../../../src/hub/calls/methods.ts';
import { type CallLimits, callLimits } from '../../../src/hub/calls/options.ts';
import { notesFor } from '../../../src/hub/notes.ts';
import type { Policy } from '../../../src/ports/index.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import type { Call } from '../../../src/wire/index.ts';
import { TestBus, TestClaims, TestPost } from './doubles.ts';

export interface CallWorldOptions {
  readonly methods?: Methods;
  readonly policy?: Partial<Policy>;
  readonly limits?: CallLimits;
  readonly maxDataBytes?: number;
}

export class CallWorld {
  readonly clock = new ManualClock();
  readonly claims = new TestClaims(this.clock);
  readonly bus = new TestBus();
  /** Nodes whose lives have ended. */
  readonly dead = new Set<string>();
  readonly failures: unknown[] = [];
  readonly posts = new Map<string, TestPost>();
  private readonly options: CallWorldOptions;

  constructor(options: CallWorldOptions = {}) {
    this.options = options;
  }

  async node(name: string, methods: Methods = this.options.methods ?? {}): Promise<Calls> {
    const { policy, limits, maxDataBytes = 1_000 } = this.options;
    const post = new TestPost(name, this.bus);
    this.posts.set(name, post);
    const calls = new Calls({
      claims: this.claims,
      post,
      clock: this.clock,
      policy: { connect: () => undefined, call: () => true, ...policy },
      notes: notesFor({ failed: (error) => this.failures.push(error) }),
      limits: callLimits(limits),
      maxDataBytes,
      methods: methodsByName(methods),
      chance: () => 0.5,
      isAlive: async (node) => !this.dead.has(node),
    });
    await calls.start();
    return calls;
  }
}

export function callOf(id: number, method: string, more: Partial<Call> = {}): Call {
  return { type: 'call', id, method, data: null, withinMs: 5_000, ...more };
}
