import { createInterface } from 'node:readline';
import WebSocket from 'ws';

const [url = 'ws://localhost:8085/', name = 'Ada', room = 'lobby'] = process.argv.slice(2);
const socket = new WebSocket(`${url}?${new URLSearchParams({ token: name, room })}`);
const waiting = new Map();
let number = 0;

function send(text) {
  number += 1;
  socket.send(JSON.stringify({ number, text }));
  return new Promise((resolve) => waiting.set(number, resolve));
}

const on = {
  message: ({ text, by }) => console.log(`${by}: ${text}`),
  joined: ({ user }) => console.log(`${user} is here`),
  left: ({ user }) => console.log(`${user} has left`),
  answer({ number, id }) {
    waiting.get(number)?.(id);
    waiting.delete(number);
  },
};
socket.on('message', (/** @type {Buffer} */ data) => {
  const message = JSON.parse(data.toString());
  on[message.type]?.(message);
});

for await (const text of createInterface(process.stdin)) {
  console.log(`sent as ${await send(text)}`);
}
socket.close();
