/**
 * The page of the first run. In: the address of the page. Out: a chat. Everything it shows comes from `room`.
 */
import { render } from 'preact';
import { websocket } from 'tautline/client';
import { App } from './app.tsx';
import { pageClock } from './clock.ts';
import { nameOfThisTab } from './names.ts';
import { openRoom } from './room.ts';
import './style.css';

const url = new URL('/realtime', location.href).href.replace(/^http/, 'ws');
const room = openRoom({
  url,
  name: nameOfThisTab(),
  transport: websocket(),
  clock: pageClock,
});

render(<App room={room} />, document.querySelector('#app')!);
