/**
 * The page: the line to the server on top, the chat, and beside it what can be measured and tried.
 */
import type { JSX } from 'preact';
import { Chat } from './chat.tsx';
import { Meters } from './meters.tsx';
import type { Room } from './room.ts';
import { TautLine } from './taut-line.tsx';
import { Trials } from './trials.tsx';

export function App({ room }: { room: Room }): JSX.Element {
  return (
    <div class="page">
      <header>
        <h1>Tautline</h1>
        <TautLine room={room} />
      </header>
      <main>
        <Chat room={room} />
        <aside>
          <Meters room={room} />
          <Trials room={room} />
        </aside>
      </main>
    </div>
  );
}
