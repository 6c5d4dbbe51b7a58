import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http);
const counts = new Map();

io.use((socket, next) => {
  // In the place of this: your sessions, or a token that you verify.
  socket.data.user = socket.handshake.auth.token;
  next(socket.data.user ? undefined : new Error('who are you?'));
});

io.on('connection', (socket) => {
  const { user } = socket.data;
  socket.on('enter', async (room, answer) => {
    const others = await io.in(room).fetchSockets();
    await socket.join(room);
    socket.to(room).emit('joined', user);
    answer([...others.map(({ data }) => data.user), user]);
  });
  socket.on('send', ({ room, text }, answer) => {
    const id = (counts.get(room) ?? 0) + 1;
    counts.set(room, id);
    socket.to(room).emit('message', { text, by: user });
    answer({ id });
  });
  socket.on('disconnecting', () => {
    for (const room of socket.rooms) socket.to(room).emit('left', user);
  });
});

http.listen(Number(process.env.PORT ?? 8084), () => {
  console.log(`Chat on http://localhost:${http.address().port}/`);
});
