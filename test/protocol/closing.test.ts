import { describe, expect, it } from 'vitest';
import { closing, type Phase, type Step } from '../../src/protocol/closing.ts';

const phases = Object.keys(closing) as Phase[];
const steps: readonly Step[] = ['sendClose', 'receiveClose', 'fail', 'end'];

/** Every phase that can be reached from `phase`. */
function after(phase: Phase): Set<Phase> {
  const reached = new Set<Phase>();
  const look = (from: Phase): void => {
    for (const next of Object.values(closing[from])) {
      if (!reached.has(next)) {
        reached.add(next);
        look(next);
      }
    }
  };
  look(phase);
  return reached;
}

describe('§7.1 the closing handshake as a table', () => {
  it('is this table', () => {
    const rows = phases.map((phase) => [phase, ...steps.map((step) => closing[phase][step] ?? '')]);
    expect(rows).toEqual([
      ['open', 'closeSent', 'closeDone', 'failing', 'gone'],
      ['closeSent', '', 'closeDone', 'failing', 'gone'],
      ['closeDone', '', '', '', 'gone'],
      ['failing', '', '', '', 'gone'],
      ['gone', '', '', '', ''],
    ]);
  });

  it('never comes back to a phase it left, and always can end', () => {
    for (const phase of phases) {
      expect(after(phase).has(phase)).toBe(false);
      expect(phase === 'gone' || after(phase).has('gone')).toBe(true);
    }
  });
});
