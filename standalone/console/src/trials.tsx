/**
 * Ways to try to break it, and what happened when.
 */
import type { JSX } from 'preact';
import type { Room } from './room.ts';

const cutMs = 5000;
const burstSize = 100;

export function Trials({ room }: { room: Room }): JSX.Element {
  return (
    <section class="trials" aria-label="Try to break it">
      <h2>Try to break it</h2>
      <div class="buttons">
        <button type="button" data-testid="cut" onClick={() => room.cutNetwork(cutMs)}>
          Cut this tab’s network for 5 s
        </button>
        <button type="button" data-testid="burst" onClick={() => room.burst(burstSize)}>
          Send {burstSize} messages at once
        </button>
        <a class="button" href={location.href} target="_blank" rel="noopener">
          Open another tab
        </a>
      </div>
      <p class="hint">
        Or kill the server and start it again. With its log on disk nothing is lost; in memory alone
        there is a visible <code>gap: epoch</code>, then it goes on.
      </p>
      <ol class="notes" data-testid="notes">
        {room.notes.value.map((note) => (
          <li key={note.key} data-tone={note.tone}>
            <time>{new Date(note.atMs).toLocaleTimeString()}</time>
            {note.text}
          </li>
        ))}
      </ol>
    </section>
  );
}
