/**
 * The bus: what is sent to a topic is heard by those who follow it.
 * In: two nodes. Out: nothing. Fails: an Error that says what was expected.
 */
import { mustBe, mustEqual } from '../expect.ts';
import type { Promises } from './case.ts';
import { alike, byteValues, jsonValues } from './given.ts';

export const hearingPromises: Promises = {
  'what is sent is heard by every node that follows, the sender too, in its order': async ({
    one,
    other,
  }) => {
    const nodes = [one, other];
    await Promise.all(nodes.map(({ bus }) => bus.follow('order')));
    const numbers = Array.from({ length: 50 }, (_, i) => i);
    await Promise.all(
      numbers.flatMap((i) => nodes.map(({ bus }, from) => bus.send('order', [from, i]))),
    );
    for (const node of nodes) {
      await node.hears('order', 100);
      const heard = node.heard('order') as [number, number][];
      for (const sender of [0, 1]) {
        const own = heard.filter(([from]) => from === sender).map(([, i]) => i);
        mustEqual(own, numbers, `what node ${sender} sent`);
      }
    }
  },

  'to follow a topic twice is to follow it once; who left hears nothing': async ({
    one,
    other,
  }) => {
    await one.bus.follow('left');
    await one.bus.follow('left');
    await one.bus.follow('marker');
    await other.bus.send('left', 1);
    await one.hears('left', 1);
    await one.bus.unfollow('left');
    await one.bus.unfollow('left');
    await other.bus.send('left', 2);
    await other.bus.send('never', 2);
    await other.bus.send('marker', 2);
    await one.hears('marker', 1);
    mustEqual(one.heard('left'), [1], 'what was heard before leaving');
    mustEqual(one.heard('never'), [], 'a topic that was not followed');
    mustEqual(other.heard('left'), [], 'what a node hears that only sends');
  },

  'a message is heard as it was sent': async ({ one, other }) => {
    await other.bus.follow('values');
    const sent = [...jsonValues, ...byteValues];
    for (const value of sent) {
      await one.bus.send('values', value);
    }
    await other.hears('values', sent.length);
    mustEqual(other.heard('values'), sent, 'what was heard');
  },

  'what a sender does to its object later does not change the message': async ({ one, other }) => {
    await other.bus.follow('copied');
    const message = { typing: true };
    const sending = one.bus.send('copied', message);
    message.typing = false;
    await sending;
    await other.hears('copied', 1);
    mustEqual(other.heard('copied'), [{ typing: true }], 'what was heard');
  },

  'nothing is heard while send is being called': async ({ one }) => {
    await one.bus.follow('later');
    const sending = one.bus.send('later', 1);
    mustBe(one.heard('later').length === 0, 'nothing heard yet');
    await sending;
    await one.hears('later', 1);
  },

  'D15: topics whose names are alike are different topics, and no channels': async ({
    one,
    other,
  }) => {
    await Promise.all(alike.flatMap((name) => [other.bus.follow(name), other.log.follow(name)]));
    for (const name of alike) {
      await one.bus.send(name, name);
      await one.append(name, one.next(name));
    }
    for (const name of alike) {
      await other.hears(name, 1);
      await other.reached(name, 1);
      mustEqual(other.heard(name), [name], `what was heard on ${name}`);
      mustEqual(other.delivered(name).length, 1, `deliveries on ${name}`);
    }
  },
};
