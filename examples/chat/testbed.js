import { testbed } from 'tautline/testbed';

const bed = testbed({ seed: 1, delayMs: 20 });
await bed.serve({
  policy: { connect: ({ token }) => token, subscribe: () => true, publish: () => true },
});

const ada = bed.client('laptop', { token: 'Ada' });
const bob = bed.client('phone', { token: 'Bob' });
const note = (...words) => console.log(bed.clock.nowMs(), 'ms:', ...words);
bob.subscribe('room').on('publication', ({ data }) => note('Bob reads', data));
await bed.advance(1_000);

bed.network.partition(['phone'], ['server']);
void ada.publish('room', 'Are you there?').then(() => note('it is in the log'));
await bed.advance(3_600_000);

bed.network.heal();
await bed.advance(30_000);
bed.close();
