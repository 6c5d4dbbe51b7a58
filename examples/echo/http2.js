import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { createEndpoint } from 'tautline/endpoint';

const page = `<!doctype html><title>echo</title><p>Not yet</p><script>
  const websocket = new WebSocket(location.href.replace('http', 'ws'));
  websocket.onopen = () => websocket.send('hello');
  websocket.onmessage = ({ data }) => { document.querySelector('p').textContent = data; };
</script>`;

const server = createSecureServer(
  {
    key: readFileSync(process.env.KEY ?? 'key.pem'),
    cert: readFileSync(process.env.CERT ?? 'cert.pem'),
    allowHTTP1: true,
  },
  (_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(page);
  },
);

const endpoint = createEndpoint();
endpoint.mount('/', {}, (websocket, { httpVersion }) => {
  websocket.on('message', (message) => {
    websocket.send(`${String(message)} over HTTP/${httpVersion}`);
  });
});
endpoint.attach(server);
server.listen(Number(process.env.PORT ?? 8443), () => {
  console.log(`Pages and echo on https://localhost:${server.address().port}/`);
});
