import { describe, expect, it } from 'vitest';
import { notesFor } from '../../src/hub/notes.ts';
import type { Observer } from '../../src/ports/index.ts';

describe('the observer, made harmless', () => {
  it('hears everything that is told, with what belongs to it', () => {
    const heard: unknown[] = [];
    const hear =
      (name: string) =>
      (...values: unknown[]): void => {
        heard.push([name, ...values]);
      };
    const observer: Required<Observer> = {
      connected: hear('connected'),
      disconnected: hear('disconnected'),
      resumed: hear('resumed'),
      slowed: hear('slowed'),
      subscribed: hear('subscribed'),
      published: hear('published'),
      gapped: hear('gapped'),
      refused: hear('refused'),
      failed: hear('failed'),
    };
    const notes = notesFor(observer);
    notes.connected('s', 'ann');
    notes.disconnected('s', 'left');
    notes.resumed('s', 'ann');
    notes.slowed('news', 'spill');
    notes.subscribed('s', 'news');
    notes.published('news', 3);
    notes.gapped('news', 'epoch');
    notes.refused('s', 'FORBIDDEN');
    notes.failed('why');
    expect(heard).toEqual([
      ['connected', 's', 'ann'],
      ['disconnected', 's', 'left'],
      ['resumed', 's', 'ann'],
      ['slowed', 'news', 'spill'],
      ['subscribed', 's', 'news'],
      ['published', 'news', 3],
      ['gapped', 'news', 'epoch'],
      ['refused', 's', 'FORBIDDEN'],
      ['failed', 'why'],
    ]);
  });

  it('may be absent, and may throw', () => {
    expect(() => notesFor().failed('why')).not.toThrow();
    const angry = notesFor({
      failed: () => {
        throw new Error('no');
      },
    });
    expect(() => angry.failed('why')).not.toThrow();
  });

  it('keeps its own `this`', () => {
    const counting = {
      count: 0,
      failed() {
        this.count += 1;
      },
    };
    notesFor(counting).failed('why');
    expect(counting.count).toBe(1);
  });
});
