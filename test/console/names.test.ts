import { describe, expect, it } from 'vitest';
import { hueOf, nameOfThisTab } from '../../standalone/console/src/names.ts';

function storage(kept: Record<string, string> = {}) {
  const values = new Map(Object.entries(kept));
  return {
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => void values.set(name, value),
  };
}

describe('the name of a tab', () => {
  it('is two words, of which the policy of the first run takes every one', () => {
    const name = nameOfThisTab(storage());
    expect(name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
    expect(name.length).toBeLessThanOrEqual(40);
  });

  it('is the same for as long as the tab lives', () => {
    const tab = storage();
    const name = nameOfThisTab(tab);
    expect(nameOfThisTab(tab)).toBe(name);
    expect(tab.getItem('name')).toBe(name);
  });

  it('is the one that was kept', () => {
    expect(nameOfThisTab(storage({ name: 'Ada' }))).toBe('Ada');
  });
});

describe('the hue of a name', () => {
  it.each([
    ['', 0],
    ['a', 18],
    ['b', 155],
    ['\u{1f600}', 108],
  ])('of %j is %i', (name, hue) => {
    expect(hueOf(name)).toBe(hue);
  });

  it('is a whole number from 0 to 359, whatever the name', () => {
    for (let i = 0; i < 2000; i += 1) {
      const hue = hueOf(`name ${i}`.repeat(i % 7));
      expect(Number.isInteger(hue) && hue >= 0 && hue < 360).toBe(true);
    }
  });
});
