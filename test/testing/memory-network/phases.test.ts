import { describe, expect, it } from 'vitest';
import { type Phase, phases, type Step } from '../../../src/testing/memory-network/phases.ts';

function after(...steps: readonly Step[]): Phase {
  return steps.reduce<Phase>((phase, step) => phases[phase][step] ?? phase, 'connecting');
}

describe('the life of an end', () => {
  it('closes in two steps when it was open, and in one when it was not', () => {
    expect([after('open'), after('open', 'close')]).toEqual(['open', 'closing']);
    expect(after('open', 'close', 'end')).toBe('gone');
    expect(after('close')).toBe('gone');
  });

  it('opens once, and never after its end', () => {
    expect(after('open', 'close', 'open')).toBe('closing');
    expect(after('end', 'open')).toBe('gone');
    expect(phases.gone).toEqual({});
  });
});
