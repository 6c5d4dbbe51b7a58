import { describe, expect, it } from 'vitest';
import { Emitter } from '../../src/ground/emitter.ts';

interface Events {
  said: readonly [text: string, times: number];
  constructor: readonly [];
}

function emitting(): { emitter: Emitter<Events>; errors: unknown[]; heard: string[] } {
  const errors: unknown[] = [];
  return { emitter: new Emitter<Events>((error) => errors.push(error)), errors, heard: [] };
}

describe('emitter', () => {
  it('calls listeners in the order of registration, with all arguments', () => {
    const { emitter, heard } = emitting();
    emitter.on('said', (text, times) => heard.push(`one ${text} ${times}`));
    emitter.on('said', (text) => heard.push(`two ${text}`));
    emitter.emit('said', 'hello', 3);
    expect(heard).toEqual(['one hello 3', 'two hello']);
  });

  it('counts the same function once', () => {
    const { emitter, heard } = emitting();
    const listener = () => heard.push('x');
    emitter.on('said', listener);
    emitter.on('said', listener);
    expect(emitter.listenerCount('said')).toBe(1);
    emitter.emit('said', '', 0);
    expect(heard).toEqual(['x']);
  });

  it('removes by `off` and by what `on` gave', () => {
    const { emitter, heard } = emitting();
    const listener = () => heard.push('x');
    const remove = emitter.on('said', listener);
    remove();
    remove();
    emitter.on('said', listener);
    emitter.off('said', listener);
    emitter.emit('said', '', 0);
    expect(heard).toEqual([]);
    expect(emitter.listenerCount('said')).toBe(0);
  });

  it('reports what a listener throws, and goes on with the next', () => {
    const { emitter, errors, heard } = emitting();
    emitter.on('said', () => {
      throw new Error('broken');
    });
    emitter.on('said', () => heard.push('still here'));
    emitter.emit('said', '', 0);
    expect(heard).toEqual(['still here']);
    expect(errors).toEqual([new Error('broken')]);
  });

  it('keeps to the list with which an emit began', () => {
    const { emitter, heard } = emitting();
    emitter.on('said', () => {
      emitter.on('said', () => heard.push('added'));
      emitter.off('said', second);
    });
    const second = () => heard.push('second');
    emitter.on('said', second);
    emitter.emit('said', '', 0);
    expect(heard).toEqual(['second']);
    emitter.emit('said', '', 0);
    expect(heard).toEqual(['second', 'added']);
  });

  it('A2: a name of Object.prototype is a name like any other', () => {
    const { emitter, heard } = emitting();
    emitter.emit('constructor');
    expect(emitter.listenerCount('constructor')).toBe(0);
    emitter.on('said', () => {});
    emitter.emit('constructor');
    emitter.on('constructor', () => heard.push('x'));
    emitter.emit('constructor');
    expect(heard).toEqual(['x']);
  });
});
