/**
 * One contract of three libraries, with all that a contract can have; for the tests of its types.
 */
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import { contract } from '../../src/contract/index.ts';

export const app = contract({
  user: z.object({ id: z.string(), name: z.string().default('nobody') }),
  session: z.object({ device: z.string().default('a desk') }),
  channels: {
    'chat/:room': {
      events: {
        message: z.object({ text: z.string().max(2000), by: z.string() }),
        edited: v.object({ id: v.string(), text: v.string() }),
        moved: type({ to: 'string' }),
        counted: z.object({ n: z.string().transform(Number) }),
      },
      signals: { typing: z.object({ by: z.string() }) },
      presence: v.object({ name: v.optional(v.string(), 'nobody') }),
      calls: {
        send: {
          in: z.object({ text: z.string(), tries: z.number().default(1) }),
          out: z.object({ id: z.string().transform(BigInt) }),
        },
      },
      history: { entries: 1000, ageMs: 86_400_000 },
    },
    'price/:market/:symbol': { state: type({ bid: 'number', ask: 'number' }) },
    lobby: { signals: { wave: v.null() } },
  },
  calls: {
    now: {
      in: z.null(),
      out: z.number(),
      progress: z.object({ at: z.string().transform(Number) }),
    },
  },
});

export type App = typeof app;
