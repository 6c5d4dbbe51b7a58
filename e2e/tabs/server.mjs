/**
 * The server behind the tabs, as a process of its own. Its users are whoever they say; `work` says how often it was called.
 * Out: its port.
 */
import { createServer } from 'tautline';

let worked = 0;
const server = createServer({
  origins: 'any',
  limits: { pageEntries: 1_000 },
  policy: {
    connect: ({ token }) => token,
    subscribe: () => true,
    publish: () => true,
    call: () => true,
  },
  methods: {
    work: (data) => {
      worked += 1;
      return { data, worked };
    },
  },
});
const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
console.log(`port ${port}`);
