/**
 * What clients say to those who are there. Nothing is answered, so what is wrong is told to the observer and to the application only.
 * In: a session and its signal. Out: the signal, on the bus. Fails: never; a signal that cannot be sent is lost.
 */
import type { ErrorCode, Signal } from '../../wire/index.ts';
import { type Said, signalOnBus, signalTopic } from '../channel/signals.ts';
import { isTooLarge } from '../data.ts';
import type { Asker } from './asker.ts';
import { signalDenied } from './permissions.ts';
import { ownReach } from './reach.ts';

export function signal(session: Asker, request: Signal): Promise<void> | undefined {
  const { hub, user } = session;
  const { channel, data, event } = request;
  const place = ownReach(session, channel);
  const why = wrongWith(session, request, place === undefined);
  if (why !== undefined) {
    session.signalled(request, why);
    return undefined;
  }
  const named = event === undefined ? { data } : { data, event };
  const judging = signalDenied(session, { channel, ...named });
  const said: Said = { ...named, by: user };
  return session.signalling.run(async () => {
    const denied = await judging;
    if (denied !== undefined) {
      session.signalled(request, denied.code);
    } else if (session.isOpen) {
      // The next one does not wait for the bus.
      void hub.post.send(signalTopic(channel), signalOnBus(said)).then(
        () => session.signalled(request),
        (error: unknown) => lost(session, request, error),
      );
    }
  });
}

/** The world failed. */
export function lost(session: Asker, request: Signal, error: unknown): void {
  session.hub.notes.failed(error);
  session.signalled(request, 'BROKER_UNAVAILABLE');
}

function wrongWith(session: Asker, { data }: Signal, isNoName: boolean): ErrorCode | undefined {
  if (!session.maySignal()) {
    return 'TOO_MANY_REQUESTS';
  }
  if (isNoName) {
    return 'CHANNEL_INVALID';
  }
  return isTooLarge(data, session.hub.limits.maxDataBytes) ? 'DATA_TOO_LARGE' : undefined;
}
