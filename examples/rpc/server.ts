import { setTimeout as sleep } from 'node:timers/promises';
import { servePage } from '@tautline/example-serve-page';
import { createServer } from 'tautline';
import { implement } from 'tautline/app';
import { CallError } from 'tautline/hub';
import { app } from './app.ts';

/** Miles along the coast. */
const coast = { Trieste: 0, Pula: 60, Zadar: 145, Split: 220, Dubrovnik: 340 };

const voyages = implement(app, {
  authenticate: () => ({ id: 'anybody' }),
  channels: {},
  authorize: () => true,
  calls: {
    ports: () => app.shape.calls.ports.out.element.options,
    async sail({ from, to, knots }, { progress, abandoned }) {
      if ([from, to].includes('Zadar')) {
        throw new CallError('The harbour of Zadar is closed today: a storm');
      }
      const miles = Math.abs(coast[to] - coast[from]);
      for (let sailed = 0; sailed < miles; sailed += knots) {
        await progress({ sailed, miles });
        // An hour of it. Ends at once when nobody waits for the answer any more.
        await sleep(60, undefined, { signal: abandoned });
      }
      return { miles, hours: miles / knots };
    },
  },
});
const server = createServer({ app: voyages, path: '/live' });
await servePage(server, new URL('page/', import.meta.url), { port: 8089 });
