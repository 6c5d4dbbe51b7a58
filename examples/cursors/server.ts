import { servePage } from '@tautline/example-serve-page';
import { createServer } from 'tautline';
import { implement } from 'tautline/app';
import { app } from './app.ts';

const board = implement(app, {
  // Everybody may come, and is whoever they say: a random word of the page.
  authenticate: ({ token }) => (token === undefined ? undefined : { id: token }),
  channels: { 'board/:board': { authorize: ({ params }) => params.board === 'main' } },
});
// Who is away for longer than this has left.
const limits = { sessionMs: 3_000 };
const server = createServer({ app: board, path: '/live', limits });
await servePage(server, new URL('page/', import.meta.url), { port: 8088 });
