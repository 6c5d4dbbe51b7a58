import { createServer } from 'tautline';
import { CallError } from 'tautline/hub';

const stock = new Map([['rope', 3]]);
const server = createServer({
  policy: { connect: ({ token }) => token, call: ({ method }) => method === 'order' },
  methods: {
    async order({ item, count }, { user, progress }) {
      const left = stock.get(item) ?? 0;
      if (count > left) throw new CallError('so many are not left', { left });
      stock.set(item, left - count);
      await progress('packing');
      return `${count} of ${item} for ${user}`;
    },
  },
});
const { port } = await server.listen({ port: Number(process.env.PORT ?? 8082) });
console.log(`Orders on ws://localhost:${port}/`);
