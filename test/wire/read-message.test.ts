import { expect, it } from 'vitest';
import { clientChecks } from '../../src/wire/client-checks.ts';
import { readMessage } from '../../src/wire/read-message.ts';
import { serverChecks } from '../../src/wire/server-checks.ts';

it('an object with a type of this direction and its fields is a message', () => {
  expect(readMessage({ type: 'ping', id: 1, more: true }, clientChecks)).toEqual({
    message: { type: 'ping', id: 1 },
  });
});

it('a signal is another message in each direction', () => {
  const signal = { type: 'signal', channel: 'a', data: 1, by: 'ada' };
  const { by: _, ...asked } = signal;
  expect(readMessage(signal, clientChecks)).toEqual({ message: asked });
  expect(readMessage(signal, serverChecks)).toEqual({ message: signal });
});

it('what is no object is none', () => {
  for (const values of [null, undefined, 1, 'ping', [], [{ type: 'ping', id: 1 }]]) {
    expect(readMessage(values, clientChecks)).toEqual({ problem: 'the message is not an object' });
  }
});

it('a type of the other direction, and a name that every object has, are none', () => {
  for (const type of ['pong', 'constructor', undefined]) {
    expect(readMessage({ type, id: 1 }, clientChecks)).toEqual({
      problem: 'type is not a word of this protocol',
    });
  }
});

it('the first field that is wrong is named', () => {
  expect(readMessage({ type: 'exit', channel: 1, id: 'x' }, clientChecks)).toEqual({
    problem: `id must be a whole number from 1 to ${Number.MAX_SAFE_INTEGER}`,
  });
});
