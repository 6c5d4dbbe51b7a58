import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: Number(process.env.PORT ?? 8085) });
const rooms = new Map();

server.on('listening', () => console.log(`Chat on ws://localhost:${server.address().port}/`));
server.on('connection', (socket, request) => {
  const { searchParams } = new URL(request.url, 'ws://localhost');
  // In the place of this: your sessions, or a token that you verify.
  const user = searchParams.get('token');
  const name = searchParams.get('room');
  if (user === null || name === null) return socket.close(4001, 'who are you?');

  const room = rooms.get(name) ?? { users: new Map(), count: 0 };
  rooms.set(name, room);
  const tell = (to, message) => to.send(JSON.stringify(message));
  const tellOthers = (message) => {
    for (const other of room.users.keys()) if (other !== socket) tell(other, message);
  };

  room.users.set(socket, user);
  for (const here of room.users.values()) tell(socket, { type: 'joined', user: here });
  tellOthers({ type: 'joined', user });

  socket.on('error', console.error);
  socket.on('message', (/** @type {Buffer} */ data) => {
    const { number, text } = JSON.parse(data.toString());
    room.count += 1;
    tellOthers({ type: 'message', text, by: user });
    tell(socket, { type: 'answer', number, id: room.count });
  });
  socket.on('close', () => {
    room.users.delete(socket);
    tellOthers({ type: 'left', user });
  });
});
