/**
 * Reading a log from a position, so that the page can be judged.
 * In: a log and a position. Out: a page. Fails as the broker does, or when the log changes its epoch time and again.
 */
import type { Log, LogPage } from '../../ports/index.ts';
import type { Position } from '../../wire/index.ts';

export interface Place {
  readonly channel: string;
  readonly since: Position;
  /** Most entries, the one at `since` included. */
  readonly limit: number;
}

const attempts = 3;

/** From `since` on, that entry included; from the beginning when the log has another epoch by now. */
export async function readFrom(
  log: Pick<Log, 'read'>,
  { channel, since, limit }: Place,
): Promise<LogPage> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const page = await log.read(channel, since.offset, limit);
    if (page.epoch === since.epoch || since.offset === 0) {
      return page;
    }
    const whole = await log.read(channel, 0, limit);
    if (whole.epoch !== since.epoch) {
      return whole;
    }
  }
  throw new Error('the log changed its epoch while it was read, several times');
}
