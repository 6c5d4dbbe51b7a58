/**
 * The connection as a line between this tab and the server: taut while it holds, slack while it does not.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Room } from './room.ts';

const words = {
  connecting: 'Connecting',
  connected: 'Connected',
  waiting: 'Waiting to reconnect',
  closed: 'Closed',
} as const;

export function TautLine({ room }: { room: Room }): JSX.Element {
  const status = room.status.value;
  return (
    <div class="line" data-status={status}>
      <span class="end">{room.name}</span>
      <svg viewBox="0 0 200 40" preserveAspectRatio="none" aria-hidden="true">
        <path class="rope" d="M0 20 C60 20 140 20 200 20" vector-effect="non-scaling-stroke" />
      </svg>
      <span class="end">server</span>
      <output class="status" data-testid="status">
        <i class="dot" />
        {words[status]}
        <Countdown room={room} />
      </output>
    </div>
  );
}

function Countdown({ room }: { room: Room }): JSX.Element | null {
  const now = useSignal(Date.now());
  const until = room.retryAtMs.value;
  useEffect(() => {
    if (until === undefined) {
      return;
    }
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 100);
    return () => clearInterval(timer);
  }, [until]);
  if (until === undefined || room.status.value !== 'waiting') {
    return null;
  }
  return <span class="countdown">{Math.max(0, (until - now.value) / 1000).toFixed(1)} s</span>;
}
