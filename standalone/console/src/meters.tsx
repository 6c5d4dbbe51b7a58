/**
 * What can be measured from this tab: round trip, rate, what arrived, what was lost, and where in the log we are.
 */
import type { JSX } from 'preact';
import type { Room } from './room.ts';

export function Meters({ room }: { room: Room }): JSX.Element {
  const rates = room.rates.value;
  const trip = room.roundTripMs.value;
  const offset = room.position.value?.split(':')[1];
  return (
    <section class="meters" aria-label="Measurements">
      <dl>
        <Meter name="Round trip" testid="round-trip">
          {trip === undefined ? '–' : trip.toFixed(1)}
          <small> ms</small>
        </Meter>
        <Meter name="Messages" testid="rate">
          {rates.at(-1) ?? 0}
          <small> /s</small>
        </Meter>
        <Meter name="Received" testid="received">
          {room.received.value.toLocaleString()}
        </Meter>
        <Meter name="Gaps" testid="gaps" tone={room.gaps.value > 0 ? 'bad' : 'good'}>
          {room.gaps.value}
        </Meter>
      </dl>
      <Bars counts={rates} />
      <p class="position" title={room.position.value}>
        {offset === undefined ? 'No position yet' : `Position in the log: ${offset}`}
      </p>
    </section>
  );
}

interface MeterProps {
  readonly name: string;
  readonly testid: string;
  readonly tone?: 'good' | 'bad';
  readonly children: JSX.Element['props']['children'];
}

function Meter({ name, testid, tone, children }: MeterProps): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-testid={testid} data-tone={tone}>
        {children}
      </dd>
    </div>
  );
}

/** One bar for each of the latest seconds. */
function Bars({ counts }: { counts: readonly number[] }): JSX.Element {
  const most = Math.max(4, ...counts);
  return (
    <svg
      class="bars"
      viewBox={`0 0 ${counts.length * 4} 32`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Messages per second, the last ${counts.length} seconds`}
    >
      {counts.map((count, index) => {
        const height = count === 0 ? 1 : Math.max(2, (count / most) * 32);
        return <rect key={index} x={index * 4} y={32 - height} width="3" height={height} />;
      })}
    </svg>
  );
}
