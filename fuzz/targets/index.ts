/** Every target, by name. */
import type { Subject } from '../subject.ts';
import { callsTarget } from './calls.ts';
import { compressedTarget } from './compressed.ts';
import { connectionTarget } from './connection.ts';
import { headTarget } from './head.ts';
import type { Target } from './target.ts';
import { utf8Target } from './utf8.ts';

export const targets: ReadonlyMap<string, (subject: Subject) => Target> = new Map([
  ['server', (subject: Subject) => connectionTarget(subject, 'server')],
  ['client', (subject: Subject) => connectionTarget(subject, 'client')],
  ['calls', callsTarget],
  ['compressed', compressedTarget],
  ['head', headTarget],
  ['utf8', utf8Target],
]);
