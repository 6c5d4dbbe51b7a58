/**
 * One answer that waits until there is something to say, as the downlink of a road.
 * In: a mailbox. Out: one answer, by whatever way it goes. Fails: a poll that another has replaced says so.
 */
import type { Cancel } from '../ground/clock.ts';
import { type Answer, refusal } from './http-answers.ts';
import type { Downlink, HttpRoad } from './http-road.ts';

/** Called once. `onSent` is to be called when the answer has left this process. */
export type GiveAnswer = (answer: Answer, onSent: () => void) => void;

export class Poll implements Downlink {
  private readonly road: HttpRoad;
  private readonly after: number;
  private readonly give: GiveAnswer;
  private isOver = false;
  private readonly cancel: Cancel;

  /** The road's letters after that number leave by this answer. `waitMs`: for how long it may wait for the first. */
  constructor(road: HttpRoad, after: number, waitMs: number, give: GiveAnswer) {
    this.road = road;
    this.after = after;
    this.give = give;
    this.cancel = road.clock.after(waitMs, () => this.finish({ status: 204 }));
    road.attach(this);
  }

  flush(): void {
    const post = this.road.mailbox.after(this.after, this.road.limits.maxAnswerBytes);
    if (post !== undefined) {
      this.finish({ status: 200, type: 'text/event-stream', body: post.text }, post.last);
    }
  }

  supersede(): void {
    this.finish(refusal('ROAD_SUPERSEDED', 'another request has come in the place of this one'));
  }

  end(): void {
    this.finish(refusal('ROAD_GONE', 'this road is over'));
  }

  /** Nobody waits for the answer any more. */
  drop(): void {
    if (!this.isOver) {
      this.isOver = true;
      this.cancel();
      this.road.detach(this);
    }
  }

  private finish(answer: Answer, last = 0): void {
    if (this.isOver) {
      return;
    }
    this.isOver = true;
    this.cancel();
    this.road.detach(this);
    this.give(answer, () => this.road.handed(last));
  }
}
