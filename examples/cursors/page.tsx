import { type PointerEvent, useEffect, useRef } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from 'tautline/client';
import { withContract } from 'tautline/client/app';
import { usePresence, useSignal, useStatus } from 'tautline/react';
import type { app } from './app.ts';

interface Place {
  readonly x: number;
  readonly y: number;
}

const url = `${location.origin.replace('http', 'ws')}/live`;
const me = crypto.randomUUID();
const rt = withContract<typeof app>(() => createClient(url, { token: me }));
const main = rt.channel('board/:board', { board: 'main' });

const names = ['Heron', 'Otter', 'Petrel', 'Plover', 'Puffin', 'Seal', 'Tern', 'Whale'];
const mine = {
  name: new URLSearchParams(location.search).get('name') ?? names[Date.now() % names.length]!,
  hue: Math.floor(Math.random() * 360),
};

function placeOf({ clientX, clientY, currentTarget }: PointerEvent): Place {
  const { left, top, width, height } = currentTarget.getBoundingClientRect();
  const part = (value: number) => Math.min(1, Math.max(0, value));
  return { x: part((clientX - left) / width), y: part((clientY - top) / height) };
}

const at = ({ x, y }: Place, hue: number) =>
  ({ left: `${x * 100}%`, top: `${y * 100}%`, '--hue': hue }) as object;

function Board() {
  const { members } = usePresence(main, { say: mine });
  const moves = useSignal(main, 'move', { forMs: 3_600_000 });
  const waves = useSignal(main, 'wave', { forMs: 1_000 });
  const { status } = useStatus(rt);
  const last = useRef<Place>(undefined);
  const isWaiting = useRef(false);

  // The last place of many, 25 times in a second.
  const move = (event: PointerEvent) => {
    last.current = placeOf(event);
    if (!isWaiting.current) {
      isWaiting.current = true;
      setTimeout(() => {
        isWaiting.current = false;
        main.signal('move', last.current!);
      }, 40);
    }
  };
  // Who comes later has not seen where one's pointer rests.
  useEffect(() => {
    if (members.length > 1 && last.current !== undefined) {
      main.signal('move', last.current);
    }
  }, [members.length]);

  const of = (user: string | undefined) => members.find((member) => member.user === user)?.data;
  return (
    <main onPointerMove={move} onPointerDown={(event) => main.signal('wave', placeOf(event))}>
      <header>
        <h1>{status === 'connected' ? `${members.length} on board` : 'Looking for the others'}</h1>
        <p>Move your pointer. Press to wave.</p>
        <ul aria-label="Who is here">
          {members.map(({ session, user, data: { name, hue } }) => (
            <li key={session} style={{ '--hue': hue } as object}>
              {user === me ? `${name} (you)` : name}
            </li>
          ))}
        </ul>
      </header>
      {moves.map(({ by, data }) => {
        const who = by === me ? undefined : of(by);
        return (
          who && (
            <div key={by} className="cursor" style={at(data, who.hue)}>
              <svg viewBox="0 0 16 18" aria-hidden="true">
                <path d="M1 1v14l4-3.5 2.5 5.5 2.5-1-2.5-5.5H13z" />
              </svg>
              <span>{who.name}</span>
            </div>
          )
        );
      })}
      {waves.map(({ by, data }) => (
        <i key={`${by} ${data.x} ${data.y}`} style={at(data, of(by)?.hue ?? 0)} />
      ))}
    </main>
  );
}

createRoot(document.body).render(<Board />);
