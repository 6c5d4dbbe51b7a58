import { describe, expect, it } from 'vitest';
import { Patience } from '../../../../src/client/transports/shared-tabs/patience.ts';
import { ManualClock } from '../../../../src/testing/index.ts';
import { Browser } from './world.ts';

function open() {
  const clock = new ManualClock();
  const tab = new Browser(clock).tab('a');
  const told: string[] = [];
  const patience = new Patience(tab.clock, 2_000, {
    again: () => told.push('again'),
    over: () => told.push('over'),
  });
  return { clock, tab, told, patience };
}

describe('patience', () => {
  it('is over after its time, once, and begins anew after that', () => {
    const { clock, told, patience } = open();
    patience.begin();
    clock.advance(1_000);
    patience.begin();
    clock.advance(999);
    expect(told).toEqual([]);
    clock.advance(1);
    clock.advance(60_000);
    expect(told).toEqual(['over']);
    patience.begin();
    clock.advance(2_000);
    expect(told).toEqual(['over', 'over']);
  });

  it('ends when nobody is awaited any more', () => {
    const { clock, told, patience } = open();
    patience.begin();
    patience.end();
    clock.advance(60_000);
    expect(told).toEqual([]);
  });

  it('asks again when its own tab stood still: twice, and then it is over', () => {
    const { clock, tab, told, patience } = open();
    patience.begin();
    for (let times = 0; times < 3; times += 1) {
      tab.freeze();
      clock.advance(60_000);
      tab.thaw();
    }
    expect(told).toEqual(['again', 'again', 'over']);
  });
});
