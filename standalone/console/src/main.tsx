/**
 * The page of the first run. In: the address of the page. Out: a chat. Everything it shows comes from `room`.
 */
import { render } from 'preact';
import { App } from './app.tsx';
import { openRoom } from './room.ts';
import './style.css';

const url = new URL('/realtime', location.href).href.replace(/^http/, 'ws');
const room = openRoom(url);

render(<App room={room} />, document.querySelector('#app')!);
