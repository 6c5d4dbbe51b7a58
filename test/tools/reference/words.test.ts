import { describe, expect, it } from 'vitest';
import { firstSentence, headline, makeProse } from '../../../tools/reference/words.ts';

const prose = makeProse((name) => (name === 'Known' ? '[`Known`](#known)' : undefined));

describe('what a door says of itself', () => {
  it('is shown without its name', () => {
    expect(headline('`house/hub`: what is said,\nand heard.', 'house/hub')).toBe(
      'What is said, and heard.',
    );
  });

  it('ends before what comes in and goes out', () => {
    expect(headline('Roads. For all.\nIn: bytes. Out: more.', 'house/hub')).toBe('Roads. For all.');
    expect(headline('Roads.\n\nMore of them.', 'house/hub')).toBe('Roads.');
  });

  it('is one sentence in a list', () => {
    expect(firstSentence('Roads of 1.5 metres. For all.')).toBe('Roads of 1.5 metres.');
    expect(firstSentence('Roads')).toBe('Roads');
  });
});

describe('a docstring on a page', () => {
  it('keeps its lines', () => {
    expect(prose('One,\ntwo.\n\nThree.')).toBe('One,\ntwo.\n\nThree.');
  });

  it('links names that are known, and only between backticks', () => {
    expect(prose('A `Known` of Known and `Unknown`.')).toBe(
      'A [`Known`](#known) of Known and `Unknown`.',
    );
  });

  it('has tags as points', () => {
    expect(
      prose('One.\n@param a Bytes.\n@throws {Known} `GONE`\n@throws {Bad}\n@returns two.'),
    ).toBe(
      'One.\n- `a`: Bytes.\n- Throws [`Known`](#known): `GONE`\n- Throws `Bad`.\n\nGives two.',
    );
    expect(prose('@throws {Bad} As ever.')).toBe('- Throws `Bad`: As ever.');
    expect(prose('One. @default 5')).toBe('One.\n\nDefault: 5');
  });

  it('of codes leads to where they are explained', () => {
    expect(prose('@codes Why it ended.')).toBe(
      'Why it ended.\n\nWhat each means: [errors](../errors.md).',
    );
  });

  it('is not taken for HTML', () => {
    expect(prose('A < b, `c<d>`.')).toBe('A &lt; b, `c<d>`.');
  });
});
