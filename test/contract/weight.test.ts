import { describe, expect, it } from 'vitest';
import { programOf, weigh } from './weight.ts';

// How long it takes is another thing on each machine; what the compiler has to do is the same everywhere. 195,000 instantiations are checked
// in about one second by one core that others use as well.
const most = 220_000;

describe('what a contract costs the compiler', () => {
  it('100 channels, all they can have, and each in use: what is checked in less than 2 s', () => {
    const alone = weigh(programOf(0));
    const half = weigh(programOf(50));
    const whole = weigh(programOf(100));
    expect(whole.instantiations - alone.instantiations).toBeLessThan(most);
    // Twice the channels are twice the work: nothing compares each with each.
    const first = half.instantiations - alone.instantiations;
    expect(whole.instantiations - half.instantiations).toBeLessThan(first * 1.1);
  }, 120_000);

  it('is counted for programs that compile, and this one would not with a wrong word', () => {
    const wrong = programOf(2).replace("signal('typing'", "signal('tiping'");
    expect(() => weigh(wrong)).toThrow('"tiping"');
  }, 120_000);
});
