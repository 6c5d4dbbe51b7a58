import { servePage } from '@tautline/example-serve-page';
import { createServer } from 'tautline';
import { implement } from 'tautline/app';
import { app } from './app.ts';
import { places, symbols } from './listed.ts';

const ticker = implement(app, {
  // Prices are for everybody to see, and for nobody but the server to set.
  authenticate: () => ({ id: 'anybody' }),
  channels: { 'price/:symbol': { authorize: ({ action }) => action === 'subscribe' } },
});
const server = createServer({ app: ticker, path: '/live' });

function quote(symbol: string, place: string, middle: number): Promise<unknown> {
  const spread = middle * 0.0008;
  const value = { bid: round(middle - spread), ask: round(middle + spread) };
  return ticker.channel('price/:symbol', { symbol }).set(place, value);
}
const round = (price: number) => Math.round(price * 100) / 100;
const pick = <Item>(items: readonly Item[]) => items[Math.floor(Math.random() * items.length)]!;

await servePage(server, new URL('page/', import.meta.url), { port: 8087 });
const middles = new Map<string, number>();
for (const [symbol, { opened }] of Object.entries(symbols)) {
  middles.set(symbol, opened);
  await Promise.all(places.map((place) => quote(symbol, place, opened)));
}
// In the place of this: where your prices come from.
setInterval(
  () => {
    const symbol = pick([...middles.keys()]);
    const middle = middles.get(symbol)! * (1 + (Math.random() - 0.5) / 200);
    middles.set(symbol, middle);
    quote(symbol, pick(places), middle).catch(console.error);
  },
  Number(process.env['EVERY_MS'] ?? 250),
).unref();
