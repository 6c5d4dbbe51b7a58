/**
 * The page of the first run. In: the address of the page, whose `?by=` may name one way to the server. Out: a chat. Everything it shows
 * comes from `room`.
 */
import { render } from 'preact';
import { App } from './app.tsx';
import { pageClock } from './clock.ts';
import { nameOfThisTab } from './names.ts';
import { openRoom } from './room.ts';
import './style.css';
import { wayBy } from './ways.ts';

const url = new URL('/realtime', location.href).href.replace(/^http/, 'ws');
const room = openRoom({
  url,
  name: nameOfThisTab(),
  transport: wayBy(new URLSearchParams(location.search).get('by')),
  clock: pageClock,
});

render(<App room={room} />, document.querySelector('#app')!);
