import { describe, expect, it } from 'vitest';
import { seats, statuses } from '../../src/client/phases.ts';

describe('the life of a client', () => {
  it('has no step out of closed', () => {
    expect(statuses.closed).toEqual({});
  });

  it('can be closed from everywhere else', () => {
    for (const status of ['connecting', 'connected', 'waiting'] as const) {
      expect(statuses[status].close).toBe('closed');
    }
  });

  it('is connected only by a welcome, and connects again only after waiting', () => {
    const into = (target: string): string[] =>
      Object.entries(statuses).flatMap(([from, steps]) =>
        Object.entries(steps)
          .filter(([, to]) => to === target)
          .map(([step]) => `${from} ${step}`),
      );
    expect(into('connected')).toEqual(['connecting welcome']);
    expect(into('connecting')).toEqual(['waiting retry']);
  });
});

describe('a seat', () => {
  it('is lost with the connection, wherever it was', () => {
    for (const seat of ['joining', 'in', 'leaving'] as const) {
      expect(seats[seat].lose).toBe('out');
    }
  });

  it('is left only by asking, and asked for only from outside', () => {
    expect(seats.out).toEqual({ join: 'joining' });
    expect(seats.in).toEqual({ leave: 'leaving', lose: 'out' });
  });
});
