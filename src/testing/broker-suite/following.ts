/**
 * Who follows a channel is told of each entry, in the order of the log, whichever node appends it.
 * In: two nodes. Out: nothing. Fails: an Error that says what was expected.
 */
import { type BrokerWatch, mustBeChain, positionOf, publicationsOf } from '../broker-watch.ts';
import { mustEqual } from '../expect.ts';
import type { Promises } from './case.ts';
import { alike, dataOf, idOf, offsetOf } from './given.ts';

export const followingPromises: Promises = {
  'concurrent appends of two nodes make one chain, delivered once each in its order on both':
    async ({ one, other }) => {
      const nodes = [one, other];
      await Promise.all(nodes.map(({ log }) => log.follow('busy')));
      const appends = Array.from({ length: 64 }, (_, i) => {
        const node = nodes[i % 2]!;
        return node.append('busy', node.next('x'.repeat(32 * i)));
      });
      const places = await Promise.all(appends);
      const last = await one.append('busy');
      const inOrder = [...places].sort((a, b) => a.offset - b.offset).concat(last);
      mustEqual(new Set(inOrder.map(offsetOf)).size, 65, 'different offsets');
      for (const node of nodes) {
        await node.reached('busy', 65);
        const delivered = publicationsOf(node.delivered('busy'));
        mustBeChain(delivered, 'what was delivered');
        mustEqual(delivered.map(idOf), inOrder.map(idOf), 'the order of the places');
        const epochs = new Set(node.delivered('busy').map(({ epoch }) => epoch));
        mustEqual([...epochs], [last.epoch], 'epochs among the deliveries');
      }
    },

  'everything that is appended after follow has resolved is delivered, whichever node appends':
    async ({ one, other }) => {
      for (let round = 0; round < 8; round += 1) {
        const channel = `barrier-${round}`;
        await one.appendMany(channel, 1);
        await one.log.follow(channel);
        const place = await (round % 2 === 0 ? one : other).append(channel);
        await one.reached(channel, 1);
        const delivered = publicationsOf(one.delivered(channel));
        mustEqual(delivered.map(idOf), [place.id], 'what came on a channel that is followed');
      }
    },

  'nothing is delivered on a channel that the node does not follow': async ({ one, other }) => {
    await other.log.follow('left');
    await one.log.follow('left');
    await one.log.follow('marker');
    await one.appendMany('left', 1);
    await one.reached('left', 1);
    await one.log.unfollow('left');
    await one.appendMany('left', 2);
    await one.appendMany('never', 2);
    await one.appendMany('marker', 1);
    await one.reached('marker', 1);
    mustEqual(one.delivered('left').length, 1, 'deliveries on the channel that was left');
    mustEqual(one.delivered('never').length, 0, 'deliveries on the other');
    await other.reached('left', 3);
    await one.log.follow('left');
    const place = await one.append('left');
    await one.reached('left', 2);
    const came = publicationsOf(one.delivered('left'));
    mustEqual(came.at(-1)?.id, place.id, 'what came after following again');
    mustEqual(came.length, 2, 'deliveries after following again');
  },

  'to follow twice is to follow once': async ({ one }) => {
    await one.log.follow('twice');
    await one.log.follow('twice');
    await one.appendMany('twice', 2);
    await one.reached('twice', 2);
    mustBeChain(publicationsOf(one.delivered('twice')), 'what was delivered');
    await one.log.unfollow('twice');
    await one.log.unfollow('twice');
  },

  'D15: channels whose names are alike are different channels': async ({ one, other }) => {
    await Promise.all(alike.map((channel) => other.log.follow(channel)));
    const appends = alike.flatMap((channel) => [
      one.append(channel, one.next(channel, { key: 'k' })),
      one.append(channel, one.next(channel, { key: 'k' })),
    ]);
    await Promise.all(appends);
    for (const channel of alike) {
      await other.reached(channel, 2);
      const { publications } = await one.log.read(channel, 0, 100);
      const wanted = [channel, channel];
      mustEqual(publications.map(dataOf), wanted, `the log of ${channel}`);
      mustBeChain(publications, `the log of ${channel}`);
      const state = await one.log.values(channel, 0, 100);
      mustEqual(state.publications.map(dataOf), [channel], `the values of ${channel}`);
      const delivered = publicationsOf(other.delivered(channel));
      mustEqual(delivered.map(dataOf), wanted, `the deliveries on ${channel}`);
    }
  },

  'tops names every followed channel, and later those that changed since': async ({
    one,
    other,
  }) => {
    await one.log.follow('still');
    await one.log.follow('moving');
    await one.appendMany('still', 1);
    const first = await one.log.tops();
    mustEqual(await topIn(one, first.tops, 'still'), true, 'the top of a channel with an entry');
    mustEqual(await topIn(one, first.tops, 'moving'), true, 'the top of an empty channel');
    await other.appendMany('moving', 2);
    await other.appendMany('elsewhere', 1);
    const second = await one.log.tops(first.mark);
    mustEqual(await topIn(one, second.tops, 'moving'), true, 'the top that changed');
    const names = second.tops.map(({ channel }) => channel);
    mustEqual(names.includes('elsewhere'), false, 'a channel that is not followed');
    const all = await one.log.tops('no mark at all');
    mustEqual(await topIn(one, all.tops, 'still'), true, 'a mark that is not understood');
    await one.log.unfollow('moving');
    const third = await one.log.tops();
    const channels = third.tops.map(({ channel }) => channel);
    mustEqual(channels, ['still'], 'what is still followed');
  },

  'an announcement names the place that the append resolves with': async ({ one, other }) => {
    await other.log.follow('told');
    const appended = await one.log.append('told', one.next());
    await other.reached('told', 1);
    const [delivery] = other.delivered('told');
    const { offset, id } = delivery!.publication;
    const place = { epoch: delivery!.epoch, offset, id };
    mustEqual(place, positionOf(appended), 'the place in the announcement');
  },
};

/** Whether the channel is named with the top that reading it shows. */
async function topIn(
  { log }: BrokerWatch,
  tops: readonly { readonly channel: string; readonly epoch: string; readonly top: object }[],
  channel: string,
): Promise<boolean> {
  const { epoch, top } = await log.read(channel, 0, 1);
  const found = tops.find((one) => one.channel === channel);
  return JSON.stringify([found?.epoch, found?.top]) === JSON.stringify([epoch, top]);
}
