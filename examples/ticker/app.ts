import { contract } from 'tautline/contract';
import { z } from 'zod';

const price = z.number().positive();

/** In the channel of a symbol each market place is a key. */
export const app = contract({
  channels: { 'price/:symbol': { state: z.object({ bid: price, ask: price }) } },
});
