import { describe, expect, it } from 'vitest';
import { ask, type Question } from '../../src/endpoint/ask.ts';
import { HeldSocket } from './support.ts';

const question: Question<{ line: string }> = {
  head: 'HOW ARE YOU\r\n\r\n',
  limits: { maxHeadBytes: 100, maxHeaders: 5 },
  expected: {
    judge: ({ startLine: line }) => (line === 'wait' ? undefined : { line }),
    malformed: (fault) => Object.assign(new Error(fault)) as never,
  },
  hungUp: () => new Error('hung up'),
  broke: (cause) => new Error(`broke: ${cause.message}`),
};
const never = new AbortController().signal;

describe('one question on a socket', () => {
  it('is asked, and answered by the head that counts; what comes behind it is given back', async () => {
    const socket = new HeldSocket();
    const asked = ask(socket, question, never);
    socket.push(Buffer.from('wait\r\n\r\nwell\r\n\r\nbehind'));
    const { outcome, already } = await asked;
    expect(outcome).toEqual({ line: 'well' });
    expect(String(already)).toBe('behind');
    expect(String(Buffer.concat(socket.writes))).toBe(question.head);
    expect([socket.isPaused(), socket.listenerCount('data')]).toEqual([true, 0]);
  });

  it('fails when the socket breaks, ends, or was gone before, and takes the socket along', async () => {
    const broken = new HeldSocket();
    const first = ask(broken, question, never);
    broken.destroy(new Error('reset'));
    await expect(first).rejects.toThrow('broke: reset');
    const ended = new HeldSocket();
    const second = ask(ended, question, never);
    ended.destroy();
    await expect(second).rejects.toThrow('hung up');
    await expect(ask(ended, question, never)).rejects.toThrow('hung up');
  });

  it('is given up, before it is asked or after', async () => {
    const reason = new Error('no patience');
    const [before, after] = [new HeldSocket(), new HeldSocket()];
    await expect(ask(before, question, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect([before.destroyed, before.writes.length]).toEqual([true, 0]);
    const patience = new AbortController();
    const asked = ask(after, question, patience.signal);
    patience.abort(reason);
    await expect(asked).rejects.toBe(reason);
    expect(after.destroyed).toBe(true);
  });
});
