/**
 * What a request asks of a road, wherever the road is: on this node, or on another that is asked by the bus.
 * In: what was asked. Out: an answer. Fails: what is wrong with it is the answer.
 */
import { type Answer, json, refusal } from './http-answers.ts';
import type { Parcel } from './http-batch.ts';
import type { HttpRoad } from './http-road.ts';
import { type GiveAnswer, Poll } from './long-poll.ts';

export type Ask =
  | {
      readonly kind: 'up';
      readonly road: string;
      readonly acknowledged: number;
      /** The number of the first message. */
      readonly from: number;
      readonly messages: readonly Parcel[];
    }
  | {
      readonly kind: 'down';
      readonly road: string;
      readonly acknowledged: number;
      readonly waitMs: number;
    }
  | { readonly kind: 'leave'; readonly road: string };

type Up = Extract<Ask, { kind: 'up' }>;

export const gone: Answer = refusal('ROAD_GONE', 'there is no such road: open another');

/** Why the road gives no answer to a request that has had its letters up to this number; undefined: it does. */
export function refusalBy(road: HttpRoad, acknowledged: number): Answer | undefined {
  const heard = road.heard(acknowledged);
  if (heard === 'unknown') {
    return refusal('ROAD_REQUEST_INVALID', 'what is acknowledged was never sent');
  }
  return heard === 'over' ? gone : undefined;
}

/** Answers once. Gives what to call when nobody waits for the answer any more. */
export function perform(road: HttpRoad | undefined, ask: Ask, give: GiveAnswer): () => void {
  if (road === undefined) {
    give(gone, nothing);
    return nothing;
  }
  if (ask.kind === 'leave') {
    road.vanish();
    give({ status: 204 }, nothing);
    return nothing;
  }
  const refused = refusalBy(road, ask.acknowledged);
  if (refused === undefined && ask.kind === 'down') {
    const poll = new Poll(road, ask.acknowledged, ask.waitMs, give);
    return () => poll.drop();
  }
  give(refused ?? takeUp(road, ask as Up), nothing);
  return nothing;
}

function takeUp(road: HttpRoad, { from, messages }: Up): Answer {
  const { received, isWhole } = road.take(from, messages);
  return isWhole
    ? json(200, { received })
    : refusal('ROAD_HOLE', 'messages are missing before these', { received });
}

function nothing(): void {
  // An answer that is given leaves nothing to undo.
}
