import { describe, expect, it } from 'vitest';
import { type Finding, formatFinding, inOrder } from '../../../tools/tidy/finding.ts';

const finding = (check: string, file: string, line: number): Finding => ({
  check,
  file,
  line,
  wrong: 'is wrong',
  todo: 'Mend it.',
});

describe('what tidy says', () => {
  it('one line: the check, the place, what is wrong, what to do', () => {
    expect(formatFinding(finding('cycles', 'src/a.ts', 7))).toBe(
      'cycles  src/a.ts:7  is wrong  Mend it.',
    );
  });

  it('is ordered by check, then file, then line as a number', () => {
    const first = finding('a', 'src/a.ts', 9);
    const second = finding('a', 'src/a.ts', 10);
    const third = finding('a', 'src/b.ts', 1);
    const last = finding('b', 'src/a.ts', 1);
    expect(inOrder([last, third, second, first])).toEqual([first, second, third, last]);
  });
});
