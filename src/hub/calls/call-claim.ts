/**
 * One call, claimed in the engine under its session and id before its handler runs, so that no two nodes run it; its answer is kept there.
 * In: the claims of a broker. Out: what is known of the call. Fails as the broker does.
 */
import type { Claim, Claims } from '../../ports/index.ts';
import { jsonText } from '../data.ts';
import type { Outcome } from './outcome.ts';

/** `lost`: it ran, or may have run, and nobody knows its answer any more. */
export type Known =
  | { readonly state: 'running'; readonly node: string }
  | { readonly state: 'ended'; readonly outcome: Outcome }
  | { readonly state: 'lost' };

export interface CallClaimOptions {
  /** Of the session and the call. */
  readonly name: string;
  /** How long it is remembered after each change, in milliseconds. */
  readonly leaseMs: number;
  /** In characters of JSON. */
  readonly maxKeptAnswer: number;
}

const lost: Known = { state: 'lost' };

export class CallClaim {
  private readonly claims: Claims;
  private readonly options: CallClaimOptions;
  private readonly key: string;
  private revision: string | undefined;

  constructor(claims: Claims, options: CallClaimOptions) {
    this.claims = claims;
    this.options = options;
    this.key = `~call:${options.name}`;
  }

  /** It is for us to run, or to answer. */
  get isOurs(): boolean {
    return this.revision !== undefined;
  }

  /** Undefined: now it is ours. */
  async take(node: string): Promise<Known | undefined> {
    const put = await this.put({ state: 'running', node }, undefined);
    if (put.done) {
      this.revision = put.revision;
      return undefined;
    }
    return read(put.found);
  }

  async look(): Promise<Known> {
    return read(await this.claims.get(this.key));
  }

  /** For whoever sends the call again. What is too long, or has no JSON form, is not kept: only that it ended. */
  async keep(outcome: Outcome): Promise<void> {
    const { revision } = this;
    if (revision === undefined) {
      return;
    }
    const ended: Known = { state: 'ended', outcome };
    const isBytes = 'data' in outcome && outcome.data instanceof Uint8Array;
    const length = jsonText(outcome)?.length ?? Number.POSITIVE_INFINITY;
    const fits = !isBytes && length <= this.options.maxKeptAnswer;
    await this.put(fits ? ended : lost, revision);
  }

  private put(known: Known, expect: string | undefined): ReturnType<Claims['put']> {
    const { leaseMs } = this.options;
    return this.claims.put(this.key, JSON.stringify(known), { expect, leaseMs });
  }
}

/** A claim that has ended by itself was of a call whose node went, long ago. */
function read(claim: Claim | undefined): Known {
  return claim === undefined ? lost : (JSON.parse(claim.value) as Known);
}
