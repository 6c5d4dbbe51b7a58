/**
 * What every broker must do, one case for each promise of `ports/log`, `claims`, `bus` and `broker`.
 * In: an engine, as `BrokerEngine` describes it. Out: cases. Fails: an Error that says what was expected; what never comes is left to the
 * runner's time limit.
 */
import { type BrokerEngine, play } from './broker-suite/case.ts';
import { claimingPromises } from './broker-suite/claiming.ts';
import { followingPromises } from './broker-suite/following.ts';
import { hearingPromises } from './broker-suite/hearing.ts';
import { producingPromises } from './broker-suite/producing.ts';
import { readingPromises } from './broker-suite/reading.ts';
import { retainingPromises } from './broker-suite/retaining.ts';
import { statePromises } from './broker-suite/state.ts';
import { restartPromises, stoppingPromises } from './broker-suite/stopping.ts';

export type { BrokerEngine } from './broker-suite/case.ts';

export interface BrokerCase {
  /** A sentence that could be false. */
  readonly name: string;
  run(): Promise<void>;
}

const rooms = {
  log: { ...readingPromises, ...retainingPromises, ...followingPromises },
  producers: producingPromises,
  state: statePromises,
  claims: claimingPromises,
  bus: hearingPromises,
  stop: stoppingPromises,
} as const;

/** Run each by its name, one after the other, with a time limit: what never comes is waited for without end. */
export function brokerCases(engine: BrokerEngine): readonly BrokerCase[] {
  const promised = engine.restart === undefined ? rooms : { ...rooms, restart: restartPromises };
  return Object.entries(promised).flatMap(([room, promises]) =>
    Object.entries(promises).map(([name, work]) => ({
      name: `${room}: ${name}`,
      run: () => play(engine, work),
    })),
  );
}
