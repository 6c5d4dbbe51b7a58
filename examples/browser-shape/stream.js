import { WebSocketStream } from 'tautline/browser-shape';

const stream = new WebSocketStream(process.argv[2] ?? 'ws://localhost:8081/');
const { readable, writable } = await stream.opened;
const writer = writable.getWriter();
await writer.write('one');
await writer.write('two');
for await (const chunk of readable) {
  console.log(chunk);
  if (chunk === 'two') await writer.close();
}
const { closeCode } = await stream.closed;
console.log(closeCode);
