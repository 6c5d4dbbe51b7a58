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
  call: (session, { id }) => {
    session.refuse(id, 'METHOD_UNKNOWN', 'this server has no methods');
    return undefined;
  },
  cancel: () => undefined,
  answer: () => undefined,
  decline: () => undefined,
  enter: (session, { id }) => {
    session.refuse(id, 'FORBIDDEN', 'this server keeps no rosters');
    return undefined;
  },
  exit: (session, { id }) => {
    session.refuse(id, 'NOT_ENTERED', 'this client is not in the roster');
    return undefined;
  },
  ping: (session, { id }) => {
    session.tell({ type: 'pong', id });
    return undefined;
  },
};

/** A promise when there is something to wait for. */
export function begin(session: Asker, request: Request): Promise<void> | undefined {
  return (table[request.type] as Work<Request['type']>)(session, request as never);
}
