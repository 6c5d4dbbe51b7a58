import { WebSocket } from 'tautline/browser-shape';

const websocket = new WebSocket(process.argv[2] ?? 'ws://localhost:8081/');
websocket.onopen = () => websocket.send('hello');
websocket.onmessage = ({ data }) => {
  console.log(data);
  websocket.close(1000, 'done');
};
websocket.onerror = ({ message }) => console.log(message);
websocket.onclose = ({ code, reason }) => console.log(code, reason);
