import { asyncApi, channelName, findChannel, validate } from 'tautline/contract';
import { app } from './app.js';

const name = channelName('chat/:room', { room: 'tea & cake' });
const { pattern, params, kind, channel } = findChannel(app, name);
console.log(`${name} is a ${kind}: ${pattern} where room is ${params.room}`);

const { ok, issues } = await validate(channel.events.message, { text: 'hi', by: 5 });
console.log(ok, issues);

const { operations } = asyncApi(app, { title: 'Chat', version: '1.0.0' });
console.log(Object.keys(operations).join('\n'));
