/** The server of ws: sends back what it gets. Prints its port. */
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({
  port: 0,
  host: '127.0.0.1',
  perMessageDeflate: true,
  handleProtocols: (offered) => (offered.has('echo.v1') ? 'echo.v1' : false),
});
server.on('connection', (websocket) => {
  websocket.on('message', (data, isBinary) => {
    if (!isBinary && Buffer.from(data).toString() === 'close me') {
      websocket.close(4003, 'asked');
    } else {
      websocket.send(data, { binary: isBinary });
    }
  });
});
server.on('listening', () => console.log(server.address().port));
