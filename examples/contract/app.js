import { contract } from 'tautline/contract';
import { z } from 'zod';

export const app = contract({
  user: z.object({ id: z.string(), name: z.string() }),
  channels: {
    'chat/:room': {
      events: { message: z.object({ text: z.string().max(2000), by: z.string() }) },
      signals: { typing: z.object({ by: z.string() }) },
      presence: z.object({ name: z.string() }),
      calls: { send: { in: z.object({ text: z.string() }), out: z.object({ id: z.string() }) } },
      history: { entries: 1000, ageMs: 86_400_000 },
    },
    'price/:symbol': { state: z.object({ bid: z.number(), ask: z.number() }) },
  },
});
