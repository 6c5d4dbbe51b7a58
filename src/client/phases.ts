/**
 * The lives of a client, as tables: its connection, its seat in one channel, and its outbox for one channel. An absent cell is a step that cannot happen.
 */

/**
 * `connecting`: a connection is being made, or made and not welcomed yet. `connected`: the server lets us in. `waiting`: the
 * connection is gone and the next is made after a delay. `closed`: for good, by `close()` or because the server said to stay away.
 */
export type Status = 'connecting' | 'connected' | 'waiting' | 'closed';
export type Step = 'welcome' | 'lose' | 'retry' | 'close';

export const statuses: Readonly<Record<Status, Partial<Record<Step, Status>>>> = {
  connecting: { welcome: 'connected', lose: 'waiting', close: 'closed' },
  connected: { lose: 'waiting', close: 'closed' },
  waiting: { retry: 'connecting', close: 'closed' },
  closed: {},
};

/** What the server holds for us in one channel, as far as we know. `joining` and `leaving` await an answer. */
export type Seat = 'out' | 'joining' | 'in' | 'leaving';
export type SeatStep = 'join' | 'admit' | 'refuse' | 'leave' | 'go' | 'lose';

/** One request per channel at a time: what is asked next waits for the answer. */
export const seats: Readonly<Record<Seat, Partial<Record<SeatStep, Seat>>>> = {
  out: { join: 'joining' },
  joining: { admit: 'in', refuse: 'out', leave: 'leaving', lose: 'out' },
  in: { leave: 'leaving', lose: 'out' },
  leaving: { go: 'out', refuse: 'in', lose: 'out' },
};

/**
 * Publications for one channel. `flowing`: each is sent as it comes. `settling`: something was refused, and nothing is sent until all that
 * is under way is answered. `resting`: what has to be sent again waits.
 */
export type LanePhase = 'flowing' | 'settling' | 'resting';
export type LaneStep = 'refuse' | 'settle' | 'rest' | 'wake' | 'lose';

export const lanes: Readonly<Record<LanePhase, Partial<Record<LaneStep, LanePhase>>>> = {
  flowing: { refuse: 'settling', rest: 'resting' },
  settling: { settle: 'flowing', rest: 'resting', lose: 'flowing' },
  resting: { wake: 'flowing', lose: 'flowing' },
};
