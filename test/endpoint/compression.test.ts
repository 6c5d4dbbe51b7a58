import { describe, expect, it } from 'vitest';
import { compressionSettings, driveCompression } from '../../src/endpoint/compression.ts';
import { compressionDefaults, UsageError } from '../../src/endpoint/index.ts';

describe('options of compression', () => {
  it('is off unless it is asked for', () => {
    expect(compressionSettings(undefined)).toBe(false);
    expect(compressionSettings(false)).toBe(false);
  });

  it('true is with the defaults, and so is an option that is undefined', () => {
    const made = { terms: compressionDefaults, tuning: compressionDefaults };
    expect(compressionSettings(true)).toEqual(made);
    expect(compressionSettings({})).toEqual(made);
    expect(compressionSettings({ level: undefined } as object)).toEqual(made);
  });

  it('C1 there is no cap on the ratio unless it is asked for', () => {
    expect(compressionDefaults.maxRatio).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    ['windowBits', 8],
    ['windowBits', 15],
    ['peerWindowBits', 8],
    ['level', 0],
    ['level', 9],
    ['memoryLevel', 1],
    ['memoryLevel', 9],
    ['thresholdBytes', 0],
    ['offloadBytes', Number.POSITIVE_INFINITY],
    ['maxRatio', 1],
  ])('%s may be %d', (name, value) => {
    expect(compressionSettings({ [name]: value })).toMatchObject({ tuning: { [name]: value } });
  });

  it.each([
    ['windowBits', 7],
    ['windowBits', 16],
    ['windowBits', 9.5],
    ['peerWindowBits', '9'],
    ['level', -1],
    ['level', 10],
    ['memoryLevel', 0],
    ['memoryLevel', 10],
    ['thresholdBytes', -1],
    ['thresholdBytes', Number.NaN],
    ['offloadBytes', null],
    ['maxRatio', 0.5],
    ['contextTakeover', 1],
    ['peerContextTakeover', 'no'],
  ])('C2 %s may not be %s', (name, value) => {
    const wrong = (): unknown => compressionSettings({ [name]: value });
    expect(wrong).toThrow(UsageError);
    expect(wrong).toThrow(`compression.${name} must be`);
  });

  it.each(['on', 1, null])('may not be %s', (value) => {
    expect(() => compressionSettings(value as unknown as boolean)).toThrow('compression must be');
  });
});

it('while a message is inflated elsewhere the line is paused, and the end of it is a turn of the drive', () => {
  const calls: string[] = [];
  const drive = {
    line: { pause: () => calls.push('pause') },
    lateTurn: (work: (nowMs: number) => void) => work(7),
  };
  const agreed = {
    sendWindowBits: 15,
    sendContextTakeover: false,
    receiveWindowBits: 15,
    receiveContextTakeover: false,
  };
  const made = driveCompression({ agreed, tuning: compressionDefaults }, drive);
  made.wait();
  made.turn((nowMs) => calls.push(`turn at ${nowMs}`));
  expect(calls).toEqual(['pause', 'turn at 7']);
});
