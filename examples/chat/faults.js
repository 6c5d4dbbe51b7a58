import { native } from 'tautline/gateways/native';
import { advance, ManualClock, memoryNetwork, seededRandom } from 'tautline/testing';

const clock = new ManualClock();
const network = memoryNetwork({ clock, random: seededRandom(1), delayMs: 20 });
const note = (line) => console.log(`${clock.nowMs()} ms: ${line}`);

// Where your test gives a hub. This one only listens.
const hub = {
  open: () => ({
    receive: ({ type }) => note(`the server hears a ${type}`),
    reject: ({ reason }) => note(`the server refuses: ${reason}`),
    closed: () => note('the server sees it go'),
  }),
};
network.serve(hub, { gateways: [native()] });

// Where your test gives the transport to a client.
const road = network.transport('phone').open('ws://server/', [native().subprotocol], {
  opened: () => note('the phone is connected'),
  received: () => note('the phone hears something'),
  closed: ({ code }) => note(`the phone is told ${code}`),
});
await advance(clock, 1_000);

network.partition(['phone'], ['server']);
road.send('{"type":"ping","id":1}');
await advance(clock, 3_600_000);
network.heal();
await advance(clock, 1_000);

network.cut('phone');
await advance(clock, 0);
