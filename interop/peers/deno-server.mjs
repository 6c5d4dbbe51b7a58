/** Deno's server: sends back what it gets. Prints its port. */
Deno.serve(
  { port: 0, hostname: '127.0.0.1', onListen: ({ port }) => console.log(port) },
  (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: 'echo.v1' });
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => {
      if (data === 'close me') {
        socket.close(4003, 'asked');
      } else {
        socket.send(data);
      }
    };
    return response;
  },
);
