/**
 * The opening handshake, both halves.
 * In: one byte that chooses the limits, then what a peer sends. Promises: nothing is thrown; any chunking gives the same head;
 * that, and whether it opens a WebSocket, is what the oracle says; our own answer is one that our client takes.
 */
import { headWords } from '../dictionary.ts';
import { isUpgradeRequest, isUpgradeResponse, type PlainHead, plainHead } from '../oracle-head.ts';
import { hashOf, Random } from '../random.ts';
import type { Subject } from '../subject.ts';
import { hold, type Target } from './target.ts';

const limitChoices: readonly { maxHeadBytes: number; maxHeaders: number }[] = [
  { maxHeadBytes: 16_384, maxHeaders: 100 },
  { maxHeadBytes: 400, maxHeaders: 8 },
  { maxHeadBytes: 64, maxHeaders: 100 },
  { maxHeadBytes: 16_384, maxHeaders: 0 },
];

/** What our client asked, whose answer the input may be. */
const asked = {
  host: 'a',
  target: '/',
  key: 'dGhlIHNhbXBsZSBub25jZQ==',
  subprotocols: ['a', 'b'],
} as const;

type Reader = InstanceType<Subject['protocol']['HeadReader']>;
type Limits = (typeof limitChoices)[number];

export function headTarget({ protocol }: Subject): Target {
  /** Reads to the end of the head or of the input. */
  function read(
    bytes: Uint8Array,
    limits: Limits,
    size: (left: number) => number,
  ): { reader: Reader; taken: number } {
    const reader = new protocol.HeadReader(limits);
    let taken = 0;
    while (taken < bytes.length && reader.head === undefined && reader.fault === undefined) {
      taken += reader.read(bytes.subarray(taken, taken + size(bytes.length - taken)));
    }
    return { reader, taken };
  }

  function checkRequest(head: PlainHead, reader: Reader): void {
    const [, method, target, httpVersion] =
      /^(\S+) (\S+) HTTP\/(\d\.\d)$/.exec(head.startLine) ?? [];
    if (method === undefined) {
      return;
    }
    const { headers } = reader.head!;
    let offers: readonly string[] = [];
    const decided = protocol.accept(
      { method, target: target!, httpVersion: httpVersion!, headers },
      {
        chooseSubprotocol: (offered) => {
          offers = offered;
          return offered.at(-1);
        },
      },
    );
    const isAccepted = 'response' in decided;
    hold(isAccepted === isUpgradeRequest(head), 'a request is accepted as §4.2.1 says');
    if (!isAccepted) {
      protocol.refusalResponse(decided);
      return;
    }
    const response = Buffer.from(decided.response, 'latin1');
    const answer = read(response, limitChoices[0]!, (left) => left);
    hold(answer.taken === response.length, 'the answer is a head and no more');
    const key = headers.one('sec-websocket-key')!;
    const request = { ...asked, key, subprotocols: offers };
    const agreed = protocol.checkResponse(answer.reader.head!, request);
    hold(!('name' in agreed), 'our client takes our answer', () => JSON.stringify(agreed));
    hold('subprotocol' in agreed && agreed.subprotocol === offers.at(-1), 'the choice arrives');
  }

  return {
    name: 'head',
    words: headWords,
    maxBytes: 2048,
    stepsPerByte: 300,
    stepsAtLeast: 40_000,
    run(input) {
      const limits = limitChoices[(input[0] ?? 0) % limitChoices.length]!;
      const bytes = input.subarray(1);
      const random = new Random(hashOf(bytes));
      const { reader, taken } = read(bytes, limits, (left) => left);
      const seen = JSON.stringify([reader.head, reader.fault, taken]);
      for (const size of [() => 1, (left: number) => random.small(1, left)]) {
        const again = read(bytes, limits, size);
        const other = JSON.stringify([again.reader.head, again.reader.fault, again.taken]);
        hold(other === seen, 'any chunking gives the same head', () => `${seen}\n${other}`);
      }
      const head = plainHead(Buffer.from(bytes).toString('latin1'), limits);
      hold((reader.head !== undefined) === (head !== undefined), 'a head is what the oracle says');
      if (head === undefined) {
        hold(reader.fault !== undefined || bytes.length <= limits.maxHeadBytes, 'too much fails');
        return;
      }
      hold(taken === head.bytes, 'the head ends where the oracle says');
      hold(reader.head!.startLine === head.startLine, 'the first line is what the oracle says');
      const fields = JSON.stringify(reader.head!.headers['raw']);
      hold(fields === JSON.stringify(head.fields.flat()), 'the fields are what the oracle says');
      checkRequest(head, reader);
      const agreed = protocol.checkResponse(reader.head!, asked);
      const opens = isUpgradeResponse(head, asked.key, asked.subprotocols);
      hold(!('name' in agreed) === opens, 'an answer is taken as §4.1 says');
    },
  };
}
