/** Bun's server: sends back what it gets. Prints its port. */
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch(request, self) {
    const isUpgraded = self.upgrade(request, { headers: { 'Sec-WebSocket-Protocol': 'echo.v1' } });
    return isUpgraded ? undefined : new Response('no websocket', { status: 400 });
  },
  websocket: {
    maxPayloadLength: 16 * 1024 * 1024,
    perMessageDeflate: true,
    message(websocket, message) {
      if (message === 'close me') {
        websocket.close(4003, 'asked');
      } else {
        websocket.send(message, true);
      }
    },
  },
});
console.log(server.port);
