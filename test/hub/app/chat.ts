/** An application in a test: its contract, and what it does, of which a test may change parts. */
import { z } from 'zod';
import { contract } from '../../../src/contract/index.ts';

export const chat = contract({
  user: z.object({ id: z.string(), name: z.string(), rooms: z.array(z.string()).default([]) }),
  channels: {
    'chat/:room': {
      events: {
        message: z.object({ text: z.string().max(20), by: z.string() }),
        edited: z.object({ id: z.string(), items: z.array(z.object({ text: z.string() })) }),
      },
      signals: { typing: z.object({ by: z.string() }) },
      presence: z.object({ name: z.string() }),
      calls: {
        send: { in: z.object({ text: z.string().trim() }), out: z.object({ id: z.string() }) },
        size: {
          in: z.null(),
          out: z.number(),
          progress: z.object({ done: z.string().transform(Number) }),
        },
      },
      history: { entries: 1_000 },
    },
    'price/:symbol': { state: z.object({ bid: z.number(), ask: z.number() }) },
    cursors: { signals: { moved: z.tuple([z.number(), z.number()]) } },
  },
  calls: { whoAmI: { in: z.null(), out: z.object({ name: z.string() }) } },
});
