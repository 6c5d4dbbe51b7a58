import { describe, expect, it } from 'vitest';
import { letterOf, Mailbox } from '../../src/transports/mailbox.ts';

function filled(...texts: string[]): Mailbox {
  const mailbox = new Mailbox();
  for (const text of texts) {
    mailbox.put(letterOf(text));
  }
  return mailbox;
}

describe('a mailbox', () => {
  it('gives letters in order, numbered from 1, as often as it is asked', () => {
    const mailbox = filled('a', 'b');
    const all = { text: 'id: 1\ndata: a\n\nid: 2\ndata: b\n\n', last: 2 };
    expect([mailbox.after(0, 1_000), mailbox.after(0, 1_000), mailbox.after(2, 1_000)]).toEqual([
      all,
      all,
      undefined,
    ]);
    expect(mailbox.after(1, 1_000)).toEqual({ text: 'id: 2\ndata: b\n\n', last: 2 });
  });

  it('keeps bytes until they are acknowledged', () => {
    const mailbox = filled('ü', 'b');
    expect(mailbox.bytes).toBe('data: .\n'.length * 2 + 1);
    expect([mailbox.acknowledge(1), mailbox.bytes, mailbox.last]).toEqual([true, 8, 2]);
    expect([mailbox.acknowledge(0), mailbox.acknowledge(2), mailbox.bytes]).toEqual([
      true,
      true,
      0,
    ]);
    expect(mailbox.after(0, 1_000)).toBeUndefined();
    mailbox.put(letterOf('c'));
    expect(mailbox.after(0, 1_000)).toEqual({ text: 'id: 3\ndata: c\n\n', last: 3 });
  });

  it('a number that was never given is none, and changes nothing', () => {
    const mailbox = filled('a');
    expect([mailbox.acknowledge(2), mailbox.bytes]).toEqual([false, 8]);
  });

  it('gives as many as have room, and one that is larger alone', () => {
    const mailbox = filled('12', '34', 'x'.repeat(100), '56');
    expect(mailbox.after(0, 18)!.last).toBe(2);
    expect(mailbox.after(0, 17)!.last).toBe(1);
    expect(mailbox.after(2, 18)!.last).toBe(3);
  });
});
