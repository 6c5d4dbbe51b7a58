import { describe, expect, it } from 'vitest';
import { Heartbeat, lateAfterMs, maxLateAlarms } from '../../src/client/heartbeat.ts';
import type { Clock } from '../../src/ground/clock.ts';

/** A page in the background: its clock goes on, and its alarms come when the test says so. */
class ThrottledClock implements Clock {
  private elapsedMs = 0;
  private alarm: { readonly dueMs: number; readonly run: () => void } | undefined;

  nowMs(): number {
    return this.elapsedMs;
  }

  wallMs(): number {
    return this.elapsedMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const alarm = { dueMs: this.elapsedMs + delayMs, run };
    this.alarm = alarm;
    return () => {
      this.alarm = this.alarm === alarm ? undefined : this.alarm;
    };
  }

  /** The next alarm comes, by so much too late. */
  ring(lateMs: number): void {
    const { alarm } = this;
    this.alarm = undefined;
    this.elapsedMs = alarm!.dueMs + lateMs;
    alarm!.run();
  }
}

function begun() {
  const clock = new ThrottledClock();
  const told: string[] = [];
  let id = 0;
  const heartbeat = new Heartbeat(
    { clock, pingAfterMs: 15_000, pongWithinMs: 5_000 },
    () => {
      id += 1;
      return id;
    },
    {
      ping: (ping) => told.push(`ping ${ping}`),
      roundTrip: (ms) => told.push(`${ms} ms`),
      silent: () => told.push('silent'),
    },
  );
  heartbeat.check();
  return { clock, told, heartbeat };
}

describe('an alarm that is on time', () => {
  it('and nothing was heard: the server is silent', () => {
    const { clock, told } = begun();
    clock.ring(lateAfterMs);
    expect(told).toEqual(['ping 1', 'silent']);
  });
});

describe('D19: an alarm that comes late', () => {
  it('does not count: the server is asked again, and has its whole time', () => {
    const { clock, told, heartbeat } = begun();
    clock.ring(3_600_000);
    expect(told).toEqual(['ping 1', 'ping 2']);
    heartbeat.heard();
    heartbeat.ponged(2);
    expect(told).toEqual(['ping 1', 'ping 2', '0 ms']);
  });

  it('and again: a few in a row, then silence is believed', () => {
    const { clock, told } = begun();
    for (let late = 0; late < maxLateAlarms; late += 1) {
      clock.ring(55_000);
    }
    expect(told).toEqual(['ping 1', 'ping 2', 'ping 3']);
    clock.ring(55_000);
    expect(told.at(-1)).toBe('silent');
  });

  it('and the next is on time: silence is believed at once', () => {
    const { clock, told } = begun();
    clock.ring(55_000);
    clock.ring(0);
    expect(told).toEqual(['ping 1', 'ping 2', 'silent']);
  });

  it('something was heard before it: all is well', () => {
    const { clock, told, heartbeat } = begun();
    heartbeat.heard();
    clock.ring(55_000);
    expect(told).toEqual(['ping 1']);
    clock.ring(55_000);
    expect(told).toEqual(['ping 1', 'ping 2']);
  });

  it('late alarms long ago are not counted', () => {
    const { clock, told, heartbeat } = begun();
    for (let round = 1; round <= 3; round += 1) {
      clock.ring(55_000);
      heartbeat.heard();
      heartbeat.ponged(round * 2);
      clock.ring(0);
    }
    expect(told).not.toContain('silent');
  });
});
