/**
 * One timer for the deadlines of all websockets.
 * In: sleepers and when they want to be woken. Out: a call at that time or up to `grainMs` later. Cannot fail.
 * Ten thousand idle websockets have their deadlines in a few hundred slots, and the runtime keeps one timer.
 */
import type { Cancel, Clock } from '../ground/clock.ts';

/** How late a deadline may be noticed, in milliseconds. */
const grainMs = 100;
/** A timer that is later than this, in milliseconds, says that the whole process stood still. */
const standstillMs = 1000;

/** Something with a deadline. `slot` belongs to the alarms; it begins as `noSlot`. */
export interface Sleeper {
  slot: number;
  wake(nowMs: number): void;
}
// A whole number of 32 bits needs no memory of its own; this one lies 68 years before whatever the clock counts from.
export const noSlot: number = -(2 ** 31);
const never: number = Number.POSITIVE_INFINITY;

export class Alarms {
  private readonly clock: Clock;
  private readonly slots = new Map<number, Set<Sleeper>>();
  /** The slot that the timer is set for. */
  private next = never;
  private cancel: Cancel | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Wakes `sleeper` once, soon after `atMs`; instead of what was set before. `Infinity` clears. */
  set(sleeper: Sleeper, atMs: number): void {
    const slot = atMs === Number.POSITIVE_INFINITY ? noSlot : Math.ceil(atMs / grainMs);
    if (slot === sleeper.slot) {
      return;
    }
    this.remove(sleeper);
    if (slot === noSlot) {
      return;
    }
    sleeper.slot = slot;
    const sleepers = this.slots.get(slot);
    if (sleepers === undefined) {
      this.slots.set(slot, new Set([sleeper]));
    } else {
      sleepers.add(sleeper);
    }
    if (slot < this.next) {
      this.schedule(slot);
    }
  }

  private remove(sleeper: Sleeper): void {
    const sleepers = this.slots.get(sleeper.slot);
    if (sleepers?.delete(sleeper) && sleepers.size === 0) {
      this.slots.delete(sleeper.slot);
    }
    sleeper.slot = noSlot;
    if (this.slots.size === 0) {
      this.cancel?.();
      this.next = never;
    }
  }

  private schedule(slot: number): void {
    this.cancel?.();
    this.next = slot;
    const delayMs = Math.max(0, slot * grainMs - this.clock.nowMs());
    this.cancel = this.clock.after(delayMs, () => this.arrive(slot));
  }

  /** After a standstill of the process, timers come before what the sockets have received: that must be heard first. */
  private arrive(slot: number): void {
    if (this.clock.nowMs() - slot * grainMs > standstillMs) {
      this.cancel = this.clock.after(0, () => this.ring());
    } else {
      this.ring();
    }
  }

  private ring(): void {
    this.next = never;
    const nowMs = this.clock.nowMs();
    const due: Sleeper[] = [];
    for (const [slot, sleepers] of this.slots) {
      if (slot * grainMs <= nowMs) {
        this.slots.delete(slot);
        for (const sleeper of sleepers) {
          due.push(sleeper);
        }
      }
    }
    for (const sleeper of due) {
      sleeper.slot = noSlot;
    }
    for (const sleeper of due) {
      sleeper.wake(nowMs);
    }
    // Not by spreading: there is no telling how many slots or sleepers there are, and arguments are limited.
    let next = never;
    for (const slot of this.slots.keys()) {
      next = Math.min(next, slot);
    }
    if (next !== never) {
      this.schedule(next);
    }
  }
}
