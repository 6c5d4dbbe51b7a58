import { testbed } from 'tautline/testbed';
import { chat } from './chat.js';

const bed = testbed();
await bed.serve({ app: chat });
const ann = bed.client('ann', { token: 'ann' });
const eve = bed.client('eve', { token: 'eve' });
const tell = ({ code, message }) => console.log(`${code}: ${message}`);

ann.subscribe('chat/42').on('publication', ({ data }) => console.log(`${data.by}: ${data.text}`));
await bed.advance(100);

void ann.publish('chat/42', { text: 'hi' }, { event: 'message' }).catch(tell);
void ann.publish('chat/42', { text: 'hi', by: 'ann' }, { event: 'massage' }).catch(tell);
eve.publish('chat/42', { text: 'hi', by: 'eve' }, { event: 'message' }).catch(tell);
eve.publish('chat/', { text: 'hi', by: 'eve' }, { event: 'message' }).catch(tell);
await bed.advance(100);

void ann.publish('chat/42', { text: 'Who is here?', by: 'ann' }, { event: 'message' });
await chat.channel('chat/:room', { room: '42' }).publish('message', { text: 'I am', by: 'cat' });
await chat
  .channel('price/:symbol', { symbol: 'TLN' })
  .set('vienna', { bid: 'much', ask: 2 })
  .catch(tell);
await bed.advance(100);
bed.close();
