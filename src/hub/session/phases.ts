/**
 * The life of a session as a table. In: where it is, and what happens. Out: where it is then.
 * An absent cell is a step that cannot happen.
 */

export type Phase = 'awaitingHello' | 'admitting' | 'open' | 'gone';
export type Step = 'hello' | 'admit' | 'end';

export const phases: Readonly<Record<Phase, Partial<Readonly<Record<Step, Phase>>>>> = {
  awaitingHello: { hello: 'admitting', end: 'gone' },
  admitting: { admit: 'open', end: 'gone' },
  open: { end: 'gone' },
  gone: {},
};
