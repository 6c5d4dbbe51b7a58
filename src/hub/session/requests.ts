/**
 * What a client may ask once it is in: one row for each message.
 * In: a session and a request. Out: the answer, sent. Fails: a promise that rejects is answered with BROKER_UNAVAILABLE by the session.
 */
import type { ClientMessage, Of } from '../../wire/index.ts';
import type { Asker } from './asker.ts';
import { history } from './history.ts';
import { publish } from './publishing.ts';
import { signal } from './signalling.ts';
import { resume, subscribe, unsubscribe } from './subscribing.ts';

export type Request = Exclude<ClientMessage, { readonly type: 'hello' }>;

type Work<Type extends Request['type']> = (
  session: Asker,
  request: Of<Request, Type>,
) => Promise<void> | undefined;

const table: { readonly [Type in Request['type']]: Work<Type> } = {
  subscribe,
  resume,
  unsubscribe,
  publish,
  signal,
  history,
  renew: (session, { id, token }) => session.renew(id, token),
  call: (session, request) => session.hub.rooms.calls.call(session, request),
  cancel: (session, request) => {
    session.hub.rooms.calls.cancel(session, request);
    return undefined;
  },
  answer: (session, request) => {
    session.asks.answered(request);
    return undefined;
  },
  decline: (session, request) => {
    session.asks.declined(request);
    return undefined;
  },
  enter: (session, request) => session.hub.rooms.presence.enter(session, request),
  exit: (session, request) => session.hub.rooms.presence.exit(session, request),
  ping: (session, { id }) => {
    session.tell({ type: 'pong', id });
    return undefined;
  },
};

/** A promise when there is something to wait for. */
export function begin(session: Asker, request: Request): Promise<void> | undefined {
  return (table[request.type] as Work<Request['type']>)(session, request as never);
}
