/**
 * Groups 12 and 13: compressed messages of many kinds and sizes, and everything that may be agreed about them (RFC 7692).
 * The list has a thousand messages in each of its 216 cases, 11 GB together. Here a case has a thousand messages or 1 MiB of
 * them, whichever is less, and two at least; COMPLIANCE_MESSAGES=1000 asks for them all.
 */
import { opcodes } from '../frames.ts';
import type { Opening } from '../peer.ts';
import type { Event } from '../reader.ts';
import { type Sample, samples } from '../samples.ts';
import { type Case, closedByPeer, type Group, type Script } from '../script.ts';

const KiB = 1024;
const full = Number(process.env['COMPLIANCE_MESSAGES'] ?? 0);

/** Bytes of each message, and of each of its frames at the most; 0 for one frame. */
const sizes: readonly (readonly [bytes: number, frame: number])[] = [
  ...[16, 64, 256, KiB, 4 * KiB, 8 * KiB, 16 * KiB, 32 * KiB, 64 * KiB, 128 * KiB].map(
    (bytes) => [bytes, 0] as const,
  ),
  ...[8 * KiB, 16 * KiB, 32 * KiB, 64 * KiB, 128 * KiB].map((bytes) => [bytes, 256] as const),
  ...[KiB, 4 * KiB, 32 * KiB].map((frame) => [128 * KiB, frame] as const),
];

export function volley(sample: Sample, bytes: number, frame: number): Script {
  const times = full || Math.min(1000, Math.max(2, Math.ceil((KiB * KiB) / bytes)));
  const messages = Array.from({ length: times }, (_, index) => sample.slice(index * bytes, bytes));
  const kind = sample.isText ? 'text' : 'binary';
  return {
    steps: [
      {
        do: 'compressed volley',
        opcode: sample.isText ? opcodes.text : opcodes.binary,
        messages,
        size: frame || Number.POSITIVE_INFINITY,
      },
    ],
    events: messages.map((payload): Event => ({ kind, payload })),
    // Short ones may not become shorter, and noise never does.
    compressed: sample.shrinks && bytes >= 256 ? times : 0,
    ending: closedByPeer,
  };
}

function group(id: string, sample: Sample, opening: Opening): Case[] {
  return sizes.map(([bytes, frame], index) => ({
    id: `${id}.${index + 1}`,
    title: `${sample.name} in messages of ${bytes} bytes${frame > 0 ? `, frames of ${frame}` : ''}`,
    opening,
    script: () => volley(sample, bytes, frame),
  }));
}

/** Everything is allowed. */
const freely: Opening['deflate'] = {
  offer: 'permessage-deflate; client_max_window_bits',
  answer: 'permessage-deflate',
};

/** What the peer asks of the subject's side. */
function asking(takeover: boolean, bits: number): { offer: string; answer: string } {
  const parameters = (side: string): string =>
    `${takeover ? '' : `; ${side}_no_context_takeover`}${bits > 0 ? `; ${side}_max_window_bits=${bits}` : ''}`;
  return {
    offer: `permessage-deflate; client_max_window_bits${parameters('server')}`,
    answer: `permessage-deflate${parameters('client')}`,
  };
}

const asked: readonly (readonly [name: string, deflate: { offer: string; answer: string }])[] = [
  ['nothing', asking(true, 0)],
  ['no takeover', asking(false, 0)],
  ['a window of 9 bits', asking(true, 9)],
  ['a window of 15 bits', asking(true, 15)],
  ['no takeover and a window of 9 bits', asking(false, 9)],
  ['no takeover and a window of 15 bits', asking(false, 15)],
  [
    'no takeover and a window of 9 bits, or else less',
    {
      offer: [asking(false, 9), asking(false, 0), asking(true, 0)]
        .map(({ offer }) => offer)
        .join(', '),
      answer: asking(false, 9).answer,
    },
  ],
];

export const compression: readonly Group[] = [
  ...samples.map((sample, index): Group => {
    const id = `12.${index + 1}`;
    const name = `compressed: ${sample.name} (RFC 7692 §7.2)`;
    return { id, name, cases: group(id, sample, { deflate: freely! }) };
  }),
  ...asked.map(([name, deflate], index): Group => {
    const id = `13.${index + 1}`;
    return {
      id,
      name: `compressed, and asked for ${name} (RFC 7692 §7.1)`,
      cases: group(id, samples[0]!, { deflate }),
    };
  }),
];
