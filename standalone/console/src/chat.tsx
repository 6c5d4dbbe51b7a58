/**
 * The messages, in the order of the log, what was lost between them, and what is not confirmed yet.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Line } from './log.ts';
import { hueOf } from './names.ts';
import type { Outgoing } from './outgoing.ts';
import type { Room } from './room.ts';

/** Further from the end than this, and the reader is looking at something older: do not scroll. */
const nearEnd = 80;

export function Chat({ room }: { room: Room }): JSX.Element {
  const list = useRef<HTMLOListElement>(null);
  const isFollowing = useRef(true);
  const lastTop = useRef(0);
  const lines = room.lines.value;
  const outgoing = room.outgoing.value;

  useEffect(() => {
    const element = list.current;
    if (element !== null && isFollowing.current) {
      element.scrollTop = element.scrollHeight;
    }
  }, [lines, outgoing]);
  useEffect(() => {
    const element = list.current!;
    const observer = new ResizeObserver(() => {
      if (isFollowing.current) {
        element.scrollTop = element.scrollHeight;
      }
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  return (
    <section class="chat" aria-label="Chat">
      <ol
        ref={list}
        data-testid="lines"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: element }) => {
          const { scrollTop, scrollHeight, clientHeight } = element;
          // Only a reader scrolls up; more lines below are no reason to stop following.
          if (scrollTop < lastTop.current) {
            isFollowing.current = false;
          }
          if (scrollHeight - scrollTop - clientHeight < nearEnd) {
            isFollowing.current = true;
          }
          lastTop.current = scrollTop;
        }}
      >
        {lines.length === 0 && outgoing.length === 0 && <Empty />}
        {lines.map((line, index) => (
          <LineItem key={line.key} line={line} before={lines[index - 1]} self={room.name} />
        ))}
        {outgoing.map((one) => (
          <OutgoingItem key={one.key} one={one} again={() => room.sendAgain(one.key)} />
        ))}
      </ol>
      <Composer room={room} />
    </section>
  );
}

function Empty(): JSX.Element {
  return (
    <li class="empty">
      <p>Nothing has been said yet.</p>
      <p>Write something, or open this page in a second tab and talk to yourself.</p>
    </li>
  );
}

interface LineProps {
  readonly line: Line;
  readonly before: Line | undefined;
  readonly self: string;
}

function LineItem({ line, before, self }: LineProps): JSX.Element {
  if (line.kind === 'gap') {
    return <GapItem line={line} />;
  }
  const { message } = line;
  const by = message.by ?? 'server';
  const follows = before?.kind === 'message' && before.message.by === message.by;
  return (
    <li
      class="message"
      data-mine={by === self}
      data-follows={follows}
      data-offset={message.offset}
      style={{ '--hue': hueOf(by) }}
    >
      {!follows && <b>{by === self ? `${by} (you)` : by}</b>}
      <p>{textOf(message.data)}</p>
      <time title={`stored at offset ${message.offset}, id ${message.id}`}>
        {clockTime(message.atMs)}
        {by === self && (
          <span role="img" aria-label="stored">
            {' '}
            ✓
          </span>
        )}
      </time>
    </li>
  );
}

const reasons = {
  epoch:
    'The server began a new log: the memory engine forgets when it stops. What was said after your last message and before the restart is gone.',
  trimmed: 'You were away longer than the log remembers. What came in between is gone.',
  diverged: 'The server lost messages that you had already seen, and has others in their place.',
  ahead: 'The server lost messages that you had already seen.',
  dropped: 'This page read too slowly, and some messages were left out.',
  unauthorised: 'You may not read what came in between.',
} as const;

function GapItem({ line }: { line: Extract<Line, { kind: 'gap' }> }): JSX.Element {
  return (
    <li class="gap" data-testid="gap">
      <code>gap: {line.gap.reason}</code>
      <p>{reasons[line.gap.reason]} From here on nothing is missing.</p>
    </li>
  );
}

const outgoingTexts = {
  queued: 'waits to be sent',
  sent: 'sent, not confirmed yet',
} as const;

function OutgoingItem({ one, again }: { one: Outgoing; again: () => void }): JSX.Element {
  const { status, problem } = one;
  return (
    <li class="message outgoing" data-mine data-failed={problem !== undefined} data-status={status}>
      <p>{one.text}</p>
      {status === 'queued' || status === 'sent' ? (
        <small>{outgoingTexts[status]}</small>
      ) : (
        <small role="alert">
          {problem}{' '}
          <button type="button" class="link" onClick={again}>
            Send again
          </button>
        </small>
      )}
    </li>
  );
}

function Composer({ room }: { room: Room }): JSX.Element {
  const text = useSignal('');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const trimmed = text.value.trim();
    if (trimmed !== '') {
      room.send(trimmed);
      text.value = '';
    }
  };
  return (
    <form class="composer" onSubmit={submit}>
      <input
        data-testid="input"
        aria-label="Message"
        placeholder="Write a message"
        autocomplete="off"
        maxLength={2000}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <button type="submit" disabled={text.value.trim() === ''}>
        Send
      </button>
    </form>
  );
}

function textOf(data: unknown): string {
  const isMessage = typeof data === 'object' && data !== null && 'text' in data;
  return isMessage && typeof data.text === 'string' ? data.text : JSON.stringify(data);
}

function clockTime(atMs: number): string {
  return new Date(atMs).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}
