import { describe, expect, it } from 'vitest';
import { Mail, post } from '../../../../src/client/transports/shared-tabs/mail.ts';
import { ManualClock } from '../../../../src/testing/index.ts';
import { Browser } from './world.ts';

function open() {
  const clock = new ManualClock();
  const browser = new Browser(clock);
  const heard: string[] = [];
  const mails = ['a', 'b', 'c'].map((name) => {
    const { channel } = browser.tab(name);
    return new Mail(channel, 'ada', name, ({ type, from }) => {
      heard.push(`${name}: ${type} of ${from}`);
    });
  });
  return { clock, browser, heard, mails };
}

describe('mail between tabs', () => {
  it('to all is heard by all others', () => {
    const { clock, heard, mails } = open();
    mails[0]!.toAll({ v: 1, from: 'a', type: 'who' });
    clock.advance(1);
    expect(heard).toEqual(['b: who of a', 'c: who of a']);
  });

  it('to one is heard by that one', () => {
    const { clock, heard, mails } = open();
    const tube = mails[0]!.tubeTo('c');
    tube.post({ v: 1, from: 'a', type: 'better', road: 1 });
    tube.close();
    clock.advance(1);
    expect(heard).toEqual(['c: better of a']);
  });

  it('of another version, or that is none, is not heard', () => {
    const { clock, heard, mails, browser } = open();
    const stranger = browser.tab('d').channel('ada');
    stranger.postMessage({ v: 2, from: 'd', type: 'who' });
    stranger.postMessage('who');
    clock.advance(1);
    expect([heard, mails.length]).toEqual([[], 3]);
  });

  it('is not heard after the end, and what cannot be posted disturbs nobody', () => {
    const { clock, heard, mails } = open();
    mails[1]!.close();
    mails[0]!.toAll({ v: 1, from: 'a', type: 'who' });
    mails[1]!.toAll({ v: 1, from: 'b', type: 'who' });
    clock.advance(1);
    expect(heard).toEqual(['c: who of a']);
    const broken = {
      postMessage() {
        throw new Error('DataCloneError');
      },
    };
    expect(() => post(broken, { v: 1, from: 'a', type: 'who' })).not.toThrow();
  });
});
