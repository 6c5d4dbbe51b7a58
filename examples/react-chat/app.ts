import { contract } from 'tautline/contract';
import { z } from 'zod';

export const app = contract({
  user: z.object({ id: z.string().min(1).max(20) }),
  channels: {
    'chat/:room': {
      events: { message: z.object({ text: z.string().trim().min(1).max(500) }) },
      signals: { typing: z.object({}) },
      presence: z.object({ name: z.string() }),
      history: { entries: 500 },
    },
  },
});
