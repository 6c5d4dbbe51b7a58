import { describe, expect, it } from 'vitest';
import { Flow, tellAfter } from '../../../../src/client/transports/shared-tabs/flow.ts';

describe('what is on its way between two tabs', () => {
  it('may be as much as the limit, and not one character more', () => {
    const flow = new Flow(10);
    expect(flow.send('x'.repeat(10))).toBe(true);
    expect(flow.send('x')).toBe(false);
  });

  it('is less when something was taken, and never less than nothing', () => {
    const flow = new Flow(10);
    flow.send('x'.repeat(10));
    flow.taken(4);
    expect([flow.send('xxxx'), flow.send('x')]).toEqual([true, false]);
    const other = new Flow(10);
    other.taken(1_000);
    other.taken(-5);
    expect([other.send('x'.repeat(10)), other.send('x')]).toEqual([true, false]);
  });

  it('is told of when 65,536 were taken, all at once', () => {
    const flow = new Flow(1);
    expect(tellAfter).toBe(65_536);
    expect(flow.take('x'.repeat(65_535))).toBe(0);
    expect(flow.take(Uint8Array.of(1, 2))).toBe(65_537);
    expect(flow.take('x')).toBe(0);
  });
});
