/**
 * The life of one end of a road. Both ends go by this table, each for itself: they do not know of each other but by what travels.
 * In: a phase and a step. Out: the next phase, or undefined for a step that does nothing there. Cannot fail.
 */

export type Phase = 'connecting' | 'open' | 'closing' | 'gone';
export type Step = 'open' | 'close' | 'end';

/** An end that closes waits for the other to answer; one that was never open has nobody to wait for. */
export const phases: Readonly<Record<Phase, Partial<Record<Step, Phase>>>> = {
  connecting: { open: 'open', close: 'gone', end: 'gone' },
  open: { close: 'closing', end: 'gone' },
  closing: { end: 'gone' },
  gone: {},
};
