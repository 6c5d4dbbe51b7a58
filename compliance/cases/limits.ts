/**
 * Group 9: large messages, whole, in fragments and in pieces, and a thousand round trips (RFC 6455
 * §5.2, §5.4).
 */
import { type Frame, fragments, frame, opcodes, repeat } from '../frames.ts';
import type { Chop } from '../peer.ts';
import type { Event } from '../reader.ts';
import { type Case, closedByPeer, exchange, type Group } from '../script.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

interface Kind {
  readonly name: 'text' | 'binary';
  readonly opcode: number;
  readonly fill: Buffer;
}

const asText: Kind = { name: 'text', opcode: opcodes.text, fill: Buffer.from('Löwe 123; ') };
const asBinary: Kind = {
  name: 'binary',
  opcode: opcodes.binary,
  fill: Buffer.from('00fe23faf0', 'hex'),
};

/**
 * A text must be cut so that its last character is whole: the filling is of 11 bytes, two of them
 * one letter.
 */
function payloadOf({ name, fill }: Kind, bytes: number): Buffer {
  const payload = repeat(fill, bytes);
  if (name === 'text' && bytes % fill.length === 2) {
    payload[bytes - 1] = 0x2a;
  }
  return payload;
}

function seen({ name }: Kind, payload: Buffer): Event {
  return { kind: name, payload };
}

function told(bytes: number): string {
  return bytes >= MiB
    ? `${bytes / MiB} MiB`
    : bytes >= KiB
      ? `${bytes / KiB} KiB`
      : `${bytes} bytes`;
}

function whole(group: string, kind: Kind): Case[] {
  return [64 * KiB, 256 * KiB, MiB, 4 * MiB, 8 * MiB, 16 * MiB].map((bytes, index) => ({
    id: `${group}.${index + 1}`,
    title: `a ${kind.name} message of ${told(bytes)} comes back`,
    script: () => {
      const payload = payloadOf(kind, bytes);
      return exchange([frame(kind.opcode, payload)], [seen(kind, payload)]);
    },
  }));
}

function inFragments(group: string, kind: Kind): Case[] {
  const sizes = [64, 256, KiB, 4 * KiB, 16 * KiB, 64 * KiB, 256 * KiB, MiB, 4 * MiB];
  return sizes.map((size, index) => ({
    id: `${group}.${index + 1}`,
    title: `a ${kind.name} message of 4 MiB in fragments of ${told(size)} comes back`,
    script: () => {
      const payload = payloadOf(kind, 4 * MiB);
      return exchange(fragments(kind.opcode, payload, size), [seen(kind, payload)]);
    },
  }));
}

function inPieces(group: string, kind: Kind): Case[] {
  return [64, 128, 256, 512, KiB, 2 * KiB].map((chop, index) => ({
    id: `${group}.${index + 1}`,
    title: `a ${kind.name} message of 1 MiB in writes of ${told(chop)} comes back`,
    script: () => {
      const payload = payloadOf(kind, MiB);
      return exchange([frame(kind.opcode, payload)], [seen(kind, payload)], chop);
    },
  }));
}

/** A thousand messages, each sent when the one before has come back. */
export function roundTrips(sent: Frame, event: Event, chop: Chop = 'none') {
  const times = 1000;
  return {
    steps: [{ do: 'volley' as const, frame: sent, times, chop }],
    events: Array.from({ length: times }, () => event),
    ending: closedByPeer,
  };
}

function volleys(group: string, kind: Kind): Case[] {
  return [0, 16, 64, 256, KiB, 4 * KiB].map((bytes, index) => ({
    id: `${group}.${index + 1}`,
    title: `a thousand ${kind.name} messages of ${told(bytes)} come back, one after the other`,
    script: () => {
      const payload = payloadOf(kind, bytes);
      return roundTrips(frame(kind.opcode, payload), seen(kind, payload));
    },
  }));
}

export const limits: readonly Group[] = [
  { id: '9.1', name: 'large texts (§5.6)', cases: whole('9.1', asText) },
  { id: '9.2', name: 'large binary messages (§5.6)', cases: whole('9.2', asBinary) },
  { id: '9.3', name: 'a large text in fragments (§5.4)', cases: inFragments('9.3', asText) },
  {
    id: '9.4',
    name: 'a large binary message in fragments (§5.4)',
    cases: inFragments('9.4', asBinary),
  },
  { id: '9.5', name: 'a large text in pieces (§5.2)', cases: inPieces('9.5', asText) },
  { id: '9.6', name: 'a large binary message in pieces (§5.2)', cases: inPieces('9.6', asBinary) },
  { id: '9.7', name: 'round trips of texts (§5.6)', cases: volleys('9.7', asText) },
  { id: '9.8', name: 'round trips of binary messages (§5.6)', cases: volleys('9.8', asBinary) },
];
