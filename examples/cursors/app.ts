import { contract } from 'tautline/contract';
import { z } from 'zod';

/** Parts of the board's width and height, so that windows need not be of one size. */
const part = z.number().min(0).max(1);
const place = z.object({ x: part, y: part });

export const app = contract({
  channels: {
    'board/:board': {
      signals: { move: place, wave: place },
      presence: z.object({ name: z.string().max(20), hue: z.number().min(0).max(360) }),
    },
  },
});
