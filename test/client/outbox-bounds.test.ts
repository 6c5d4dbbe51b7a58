import { describe, expect, it } from 'vitest';
import { OutboxBounds } from '../../src/client/outbox-bounds.ts';

function boundsOf(outboxMaxMessages: number, outboxMaxBytes: number): OutboxBounds {
  return new OutboxBounds({ outboxMaxMessages, outboxMaxBytes });
}

describe('how much an outbox holds', () => {
  it('so many letters, and not one more, until one has gone', () => {
    const bounds = boundsOf(2, 1_000);
    bounds.take({ size: 1 });
    bounds.mustFit({ size: 1 });
    bounds.take({ size: 1 });
    expect(() => bounds.mustFit({ size: 1 })).toThrow(
      expect.objectContaining({ code: 'OUTBOX_FULL', retryable: true }),
    );
    bounds.give({ size: 1 });
    bounds.mustFit({ size: 1 });
  });

  it('so many characters, and not one more, until some have gone', () => {
    const bounds = boundsOf(100, 10);
    bounds.take({ size: 6 });
    bounds.mustFit({ size: 4 });
    expect(() => bounds.mustFit({ size: 5 })).toThrow('1 messages of 6 characters');
    bounds.give({ size: 6 });
    bounds.mustFit({ size: 10 });
  });

  it('several fit all together, or not at all', () => {
    const bounds = boundsOf(3, 10);
    bounds.take({ size: 2 });
    expect(bounds.fit([{ size: 4 }, { size: 4 }])).toBe(true);
    expect(bounds.fit([{ size: 4 }, { size: 5 }])).toBe(false);
    expect(bounds.fit([{ size: 1 }, { size: 1 }, { size: 1 }])).toBe(false);
    expect(bounds.fit([])).toBe(true);
  });
});
