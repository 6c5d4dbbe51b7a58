/**
 * Every case of the suite. `listed` has the numbers of the Autobahn list in its groups 1 to 7, 9,
 * 10, 12 and 13: all 517. The numbers and what each is about are theirs; the words, the payloads and the code are ours. Stricter than they are:
 * a connection that is failed must say so with a Close frame, and every echo is compared byte for
 * byte.
 */
import type { Group } from '../script.ts';
import { closing } from './closing.ts';
import { compression } from './compression.ts';
import { control } from './control.ts';
import { fragmentation } from './fragments.ts';
import { automaticFragments, framing } from './framing.ts';
import { limits } from './limits.ts';
import { byteByByte, ours as own } from './ours.ts';
import { oursCompressed } from './ours-compression.ts';
import { utf8 } from './utf8.ts';
import { utf8Sequences } from './utf8-sequences.ts';

export const listed: readonly Group[] = [
  ...framing,
  ...control,
  ...fragmentation,
  ...utf8,
  ...utf8Sequences,
  ...closing,
  ...limits,
  ...automaticFragments,
  ...compression,
];

export const ours: readonly Group[] = [...own, ...oursCompressed, byteByByte(listed)];
