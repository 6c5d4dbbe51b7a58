import { contract } from 'tautline/contract';
import { z } from 'zod';

const port = z.enum(['Trieste', 'Pula', 'Zadar', 'Split', 'Dubrovnik']);

export const app = contract({
  channels: {},
  calls: {
    ports: { in: z.object({}), out: z.array(port) },
    sail: {
      in: z
        .object({
          from: port,
          to: port,
          knots: z
            .number('Say how fast, as a number')
            .min(1, 'Nobody gets anywhere at that speed')
            .max(25, 'She does 25 knots at the most'),
        })
        .refine(({ from, to }) => from !== to, { path: ['to'], message: 'You are there already' }),
      out: z.object({ miles: z.number(), hours: z.number() }),
      progress: z.object({ sailed: z.number(), miles: z.number() }),
    },
  },
});
