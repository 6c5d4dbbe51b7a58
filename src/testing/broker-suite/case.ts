/**
 * What a case of the suite gets: an engine, and two nodes of it that run.
 * In: how to make brokers. Out: nothing. Fails: as the case does; nodes are stopped in any event.
 */
import type { Broker } from '../../ports/index.ts';
import { BrokerWatch } from '../broker-watch.ts';

/**
 * One engine, as the suite needs it. Each of its channels keeps 64 entries of 2 KiB in all, 16 keys and 16 removals at the least, and all
 * of them for ten minutes.
 */
export interface BrokerEngine {
  /** So many brokers, not started, that share an engine of their own, on which nothing was ever done. */
  makeNodes(count: number): Promise<readonly Broker[]>;
  /**
   * For engines that keep what they have while no node runs: so many new brokers, not started, on what those that were made last have
   * left. They have been stopped.
   */
  readonly restart?: (count: number) => Promise<readonly Broker[]>;
  /** Lets so much time pass for the engine, by which its leases are measured, and more only by little. */
  passMs(ms: number): Promise<void>;
  /** An entry of a channel is gone when so many others have come after it. */
  readonly trimmedAfter: number;
}

export interface Stage {
  readonly one: BrokerWatch;
  /** Another node on the same engine. */
  readonly other: BrokerWatch;
  readonly engine: BrokerEngine;
  /** Stops both, and gives two others on what they have left. */
  readonly restart: () => Promise<Omit<Stage, 'restart'>>;
}

export type Work = (stage: Stage) => Promise<void>;
export type Promises = Readonly<Record<string, Work>>;

/** Sets the stage, and clears it when the work is done, however that went. */
export async function play(engine: BrokerEngine, work: Work): Promise<void> {
  const running: BrokerWatch[] = [];
  const enter = async (brokers: readonly Broker[]) => {
    for (const broker of brokers) {
      running.push(await BrokerWatch.start(broker, `n${running.length}`));
    }
    const [one, other] = running.slice(-2) as [BrokerWatch, BrokerWatch];
    return { one, other, engine };
  };
  const stop = () => Promise.all(running.map(({ broker }) => broker.stop()));
  const restart = async () => {
    await stop();
    return enter(await engine.restart!(2));
  };
  try {
    await work({ ...(await enter(await engine.makeNodes(2))), restart });
  } finally {
    await stop();
  }
}
