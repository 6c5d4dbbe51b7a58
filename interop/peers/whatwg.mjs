/**
 * A client with the WHATWG interface: it sends back what it gets, until it is asked to close or is closed.
 * In: a WebSocket class and a URL. Out: how it ended. Runs in browsers, Bun, Deno and Node alike.
 */
export function echoUntilClosed(WebSocket, url) {
  return new Promise((resolve) => {
    const websocket = new WebSocket(url, ['unknown.v9', 'echo.v1']);
    websocket.binaryType = 'arraybuffer';
    websocket.onmessage = ({ data }) => {
      if (data === 'close me') {
        websocket.close(4003, 'asked');
      } else {
        websocket.send(data);
      }
    };
    websocket.onclose = ({ code, reason, wasClean }) => {
      resolve({ code, reason, clean: wasClean, subprotocol: websocket.protocol });
    };
  });
}
