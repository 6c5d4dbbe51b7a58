/**
 * Whatever clients, sessions and the pipe do, in whatever order: strands keep to themselves.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tabs } from '../../src/gateways/tabs.ts';
import { Shared } from '../../src/ground/shared.ts';
import { ManualClock } from '../../src/testing/index.ts';
import { disconnects } from '../../src/wire/index.ts';
import { type Heard, nobody, remembering, SlowPipe, settled } from './tabs/world.ts';

const strand = fc.integer({ min: 1, max: 6 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('open' as const), strand }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('hear' as const), strand }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('say' as const), strand }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('end' as const), strand }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('close' as const), strand }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('flow' as const), strand }) },
);

describe('strands, whatever happens', () => {
  it('say what they say in order, nothing after their end, and end once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const pipe = new SlowPipe();
        pipe.share = 1;
        const heard: Heard[] = [];
        const gateways = [remembering('json', (one) => heard.push(one))];
        const listener = tabs({ gateways, clock: new ManualClock(), windowBytes: 8 }).open(
          pipe,
          nobody,
        );
        /** By number: what was opened, and what was said in it. */
        const opened = new Map<number, { readonly one: Heard; readonly said: string[] }>();
        let last = 0;
        let said = 0;
        for (const { does, strand: wanted } of steps) {
          const number = Math.min(wanted, last);
          const there = opened.get(number);
          if (does === 'open') {
            last += 1;
            listener.received(`o${last} json`);
            opened.set(last, { one: heard.at(-1)!, said: [] });
          } else if (there === undefined) {
          } else if (does === 'hear') {
            listener.received(`m${number} hi`);
          } else if (does === 'say') {
            said += 1;
            there.said.push(`m${number} ${said}`);
            there.one.pipe.send(new Shared(String(said)));
          } else if (does === 'end') {
            there.one.pipe.close(disconnects.FENCED);
          } else if (does === 'close') {
            listener.received(`c${number} 1000 `);
          } else {
            await pipe.flow();
          }
        }
        listener.closed();
        await settled();
        expect(pipe.closings).toEqual([]);
        for (const [number, { one, said: all }] of opened) {
          expect(one.closings).toBe(1);
          const own = pipe.sent
            .map(String)
            .filter((frame) => /\d+/.exec(frame)![0] === `${number}`);
          const end = own.findIndex((frame) => frame.startsWith('c'));
          const messages = end === -1 ? own : own.slice(0, -1);
          expect([-1, own.length - 1]).toContain(end);
          expect(messages).toEqual(all.slice(0, messages.length));
        }
      }),
      { numRuns: 300, seed: 20_260_101 },
    );
  });
});
