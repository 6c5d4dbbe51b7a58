/** A user in a test whom nobody had to let in, and her session. */
import { Insider } from '../../../src/hub/app/insider.ts';
import type { User } from '../../../src/hub/app/loose.ts';
import type { AppSession } from '../../../src/hub/app/requests.ts';

export const annsSession: AppSession = {
  id: 's1',
  transport: 'test',
  address: '192.0.2.1',
  connectedAtMs: 5,
  expiresAtMs: undefined,
  data: undefined,
};

export function insider(user: object): Insider {
  const { data, expiresAtMs, ...facts } = annsSession;
  const one = new Insider(user as User, { data, expiresAtMs });
  one.enter(facts);
  return one;
}
