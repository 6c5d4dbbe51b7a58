import { describe, expect, it } from 'vitest';
import { Scratch } from '../../src/endpoint/scratch.ts';

describe('the scratch', () => {
  it('is taken from the beginning on, up to its last byte', () => {
    const scratch = new Scratch();
    expect(scratch.take(10)).toBe(0);
    expect(scratch.take(scratch.size - 20)).toBe(10);
    expect([scratch.fits(10), scratch.fits(11)]).toEqual([true, false]);
    expect([scratch.take(10), scratch.length]).toEqual([scratch.size - 10, scratch.size]);
  });

  it('gives views of what stands there now, the same one for the same size', () => {
    const scratch = new Scratch();
    scratch.bytes.fill(1);
    const view = scratch.view(5);
    scratch.bytes.fill(2);
    expect(scratch.view(5)).toBe(view);
    expect([...scratch.view(5)]).toEqual([2, 2, 2, 2, 2]);
    expect(scratch.view(6).length).toBe(6);
    expect(scratch.view(0).length).toBe(0);
  });

  it('gathers pieces next to each other', () => {
    const scratch = new Scratch();
    const pieces = ['one', 'two', 'three'].map((piece) => Buffer.from(piece));
    expect(scratch.gather(pieces, 2).toString()).toBe('onetwo');
    expect(scratch.gather(pieces, 3).toString()).toBe('onetwothree');
  });

  it('left to somebody, is his own: not even a view of the same size shares it', () => {
    const scratch = new Scratch();
    const kept = scratch.gather([Buffer.from('kept')], 1);
    scratch.leave();
    expect(scratch.gather([Buffer.from('more')], 1).toString()).toBe('more');
    expect(kept.toString()).toBe('kept');
  });
});
