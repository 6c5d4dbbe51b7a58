import { describe, expect, it } from 'vitest';
import { JobLine } from '../../src/endpoint/job-line.ts';

/** A job that writes down its beginning, and ends when the test says so. */
function jobs(line: JobLine, names: readonly string[]) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const back = names.map((name) =>
    line.enter((done) => {
      begun.push(name);
      ends.set(name, done);
    }),
  );
  return { begun, end: (name: string) => ends.get(name)!(), takeBack: (at: number) => back[at]!() };
}

describe('C3 the line before the thread pool', () => {
  it('lets two work at once, and the others in the order in which they came', () => {
    const { begun, end } = jobs(new JobLine(2), ['a', 'b', 'c', 'd', 'e']);
    expect(begun).toEqual(['a', 'b']);
    end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    end('a');
    end('c');
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('forgets a job that is taken back before its turn; afterwards it does nothing', () => {
    const { begun, end, takeBack } = jobs(new JobLine(1), ['a', 'b', 'c']);
    takeBack(1);
    takeBack(0);
    end('a');
    expect(begun).toEqual(['a', 'c']);
  });

  it('a job that ends at once lets the next begin', () => {
    const line = new JobLine(1);
    const begun: number[] = [];
    for (let i = 0; i < 1000; i += 1) {
      line.enter((done) => {
        begun.push(i);
        done();
      });
    }
    expect(begun.length).toBe(1000);
  });
});
