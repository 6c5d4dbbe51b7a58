import { type FormEvent, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from 'tautline/client';
import { type MessageOf, withContract } from 'tautline/client/app';
import { useChannel, usePresence, useSignal, useStatus } from 'tautline/react';
import type { app } from './app.ts';

// The form in index.html asks for them.
const { name: me, room: id = 'harbour' } = Object.fromEntries(new URLSearchParams(location.search));
const url = `${location.origin.replace('http', 'ws')}/live`;
const rt = withContract<typeof app>(() => createClient(url, { token: me ?? '' }));

const hashOf = (name: string) =>
  Array.from(name).reduce((sum, each) => (sum * 31 + each.codePointAt(0)!) % 360, 7);
const hueOf = (name: string) => ({ '--hue': hashOf(name) }) as object;

function Room() {
  const { channel: room, messages, dismiss } = useChannel(rt.channel('chat/:room', { room: id }));
  const { members } = usePresence(room, { say: { name: me ?? '' } });
  const typing = useSignal(room, 'typing').flatMap(({ by }) => (by === me ? [] : by));
  const { status } = useStatus(rt);
  const [gap, setGap] = useState<string>();
  useEffect(() => room.on('gap', ({ reason }) => setGap(reason)), [room]);
  // When it fails, the list says so.
  const say = (text: string) => void room.publish('message', { text }).catch(() => undefined);
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    say(new FormData(event.currentTarget).get('text') as string);
    event.currentTarget.reset();
  };
  return (
    <main>
      <header>
        <h1>{id}</h1>
        <p className={status} role="status">
          {status === 'waiting' ? 'offline: what you write waits' : status}
        </p>
        <ul aria-label="Who is here">
          {[...new Set(members.map(({ data }) => data.name))].map((name) => (
            <li key={name} style={hueOf(name)} data-initial={Array.from(name)[0]}>
              <span>{name}</span>
            </li>
          ))}
        </ul>
      </header>
      {gap !== undefined && (
        <p className="gap" role="alert">
          Messages are missing before these ({gap}).
          <button type="button" onClick={() => setGap(undefined)}>
            I see
          </button>
        </p>
      )}
      <div className="log">
        <ol>
          {messages.map((each, at) => (
            <Row
              key={each.key}
              message={each}
              isFirst={messages[at - 1]?.by !== each.by}
              again={() => dismiss(each.key) && say(each.data.text)}
            />
          ))}
        </ol>
      </div>
      <p className="typing">{typing.length > 0 && `${typing.join(', ')} typing …`}</p>
      <form onSubmit={send}>
        <input
          name="text"
          aria-label="Message"
          placeholder={`Say it in the ${id}`}
          onChange={() => room.signal('typing', {})}
          maxLength={500}
          required
          autoComplete="off"
        />
        <button type="submit">Send</button>
      </form>
    </main>
  );
}

interface RowProps {
  message: MessageOf<typeof app, 'chat/:room'>;
  isFirst: boolean;
  again: () => void;
}

function Row({ message: { by = me ?? '', data, meta, status }, isFirst, again }: RowProps) {
  const time = meta && new Date(meta.atMs).toLocaleTimeString([], { timeStyle: 'short' });
  const isOver = status === 'failed' || status === 'unknown';
  return (
    <li className={`${by === me ? 'mine' : 'theirs'} ${status}`} style={hueOf(by)}>
      {isFirst && <b>{by}</b>}
      <span>{data.text}</span>
      <small>{status === 'stored' ? time : status}</small>
      {isOver && (
        <button type="button" onClick={again}>
          Send again
        </button>
      )}
    </li>
  );
}

if (me !== undefined) {
  createRoot(document.body).render(<Room />);
}
