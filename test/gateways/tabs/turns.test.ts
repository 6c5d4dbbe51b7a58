import { describe, expect, it } from 'vitest';
import { Strand } from '../../../src/gateways/tabs/strand.ts';
import { Turns } from '../../../src/gateways/tabs/turns.ts';
import { Shared } from '../../../src/ground/shared.ts';
import { SlowPipe } from './world.ts';

function open(windowBytes: number) {
  const pipe = new SlowPipe();
  pipe.share = 1;
  const turns = new Turns(pipe, windowBytes);
  const strand = (number: number): Strand =>
    new Strand(number, pipe, { waits: (one) => turns.wait(one), over: () => undefined });
  return { pipe, turns, one: strand(1), two: strand(2) };
}

const say = (strand: Strand, ...texts: string[]) => {
  for (const text of texts) {
    strand.send(new Shared(text));
  }
};

describe('turns', () => {
  it('nobody waits while the pipe has room', () => {
    const { pipe, one, two } = open(1_000);
    say(one, 'a', 'b');
    say(two, 'c');
    expect(pipe.sent).toEqual(['m1 a', 'm1 b', 'm2 c']);
  });

  it('who has much to say lets the others in between: one message each', async () => {
    const { pipe, one, two } = open(4);
    say(one, 'a', 'b', 'c', 'd');
    say(two, 'x', 'y');
    expect(pipe.sent).toEqual(['m1 a']);
    for (let times = 0; times < 6; times += 1) {
      await pipe.flow();
    }
    expect(pipe.sent).toEqual(['m1 a', 'm1 b', 'm2 x', 'm1 c', 'm2 y', 'm1 d']);
  });

  it('the pipe holds at most the window and one message', async () => {
    const { pipe, one } = open(100);
    say(one, ...Array.from({ length: 50 }, () => 'x'.repeat(27)));
    expect(pipe.bufferedBytes).toBe(120);
    expect(one.bufferedBytes).toBe(46 * 27);
    expect(pipe.waits).toBe(1);
    await pipe.flow();
    expect(pipe.bufferedBytes).toBe(120);
  });

  it('a pipe that calls itself drained with more than the window in it is given one message each time', async () => {
    const { pipe, one } = open(1);
    let asked = 0;
    pipe.drained = async () => {
      asked += 1;
    };
    say(one, 'a', 'b', 'c');
    for (let turn = 0; turn < 20; turn += 1) {
      await Promise.resolve();
    }
    expect([pipe.sent, asked]).toEqual([['m1 a', 'm1 b', 'm1 c'], 2]);
  });

  it('who has left, or all at the end, says nothing more', async () => {
    const { pipe, turns, one, two } = open(4);
    say(one, 'a', 'b');
    say(two, 'x');
    turns.leave(one);
    await pipe.flow();
    expect(pipe.sent).toEqual(['m1 a', 'm2 x']);
    say(two, 'y');
    turns.end();
    await pipe.flow();
    say(two, 'z');
    await pipe.flow();
    expect(pipe.sent).toEqual(['m1 a', 'm2 x']);
  });
});
