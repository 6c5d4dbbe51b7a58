/**
 * What happened, and when: the newest first.
 * In: sentences. Out: a signal with the latest of them. Cannot fail.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Clock } from 'tautline/client';

export interface Note {
  readonly key: string;
  readonly atMs: number;
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'plain';
}

/** Older ones are forgotten. */
export const maxNotes = 30;

export interface Notes {
  readonly notes: ReadonlySignal<readonly Note[]>;
  readonly note: (tone: Note['tone'], text: string) => void;
}

export function openNotes(clock: Clock, nextKey: () => string): Notes {
  const notes = signal<readonly Note[]>([]);
  return {
    notes,
    note(tone, text) {
      const added = { key: nextKey(), atMs: clock.wallMs(), tone, text };
      notes.value = [added, ...notes.value].slice(0, maxNotes);
    },
  };
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
