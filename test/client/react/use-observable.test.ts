import { createElement, useState } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { useKept, useObservable } from '../../../src/client/react/use-observable.ts';
import { rendered } from './on-a-server.ts';

describe('on a server', () => {
  it('an observable is what it was in the beginning, whatever it is now, and nobody subscribes', () => {
    const observable = {
      initial: 'initial',
      get: () => 'now',
      subscribe: (): never => {
        throw new Error('subscribed');
      },
    };
    expect(rendered(() => useObservable(observable))).toBe('initial');
  });
});

describe('what is made anew each time', () => {
  it('is kept as long as it is the same channel of the same client', () => {
    const one = { app: {}, name: 'a' };
    const kept: unknown[] = [];
    const given = [{ ...one }, { ...one }, { ...one, name: 'b' }, { ...one, name: 'b', app: {} }];
    const left = [...given];
    const Component = (): null => {
      const [, set] = useState({});
      kept.push(useKept(left.shift()!));
      if (left.length > 0) {
        // Rendered once more before anything is shown.
        set({});
      }
      return null;
    };
    renderToString(createElement(Component));
    expect(kept.map((each) => given.indexOf(each as typeof one))).toEqual([0, 0, 2, 3]);
  });

  it('that has no name, as a client, is kept as long as it is the same', () => {
    const client = {};
    expect(rendered(() => useKept(client) === client)).toBe(true);
  });
});
