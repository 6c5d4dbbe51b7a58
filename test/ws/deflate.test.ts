import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import {
  type DeflateOptions,
  deflateOptions,
  offerFor,
  takeAnswer,
  takeOffer,
} from '../../src/ws/deflate.ts';
import { format, parse } from '../../src/ws/extension.ts';

const flags: readonly (boolean | undefined)[] = [undefined, true, false];
const bits: readonly (boolean | number | undefined)[] = [undefined, true, false, 10, 15];

/** Every mixture of the four options that negotiate. */
const mixtures: readonly DeflateOptions[] = flags.flatMap((serverNoContextTakeover) =>
  flags.flatMap((clientNoContextTakeover) =>
    bits.flatMap((serverMaxWindowBits) =>
      bits.map((clientMaxWindowBits) => ({
        ...(serverNoContextTakeover === undefined ? {} : { serverNoContextTakeover }),
        ...(clientNoContextTakeover === undefined ? {} : { clientNoContextTakeover }),
        ...(serverMaxWindowBits === undefined ? {} : { serverMaxWindowBits }),
        ...(clientMaxWindowBits === undefined ? {} : { clientMaxWindowBits }),
      })),
    ),
  ),
);

interface Theirs {
  offer(): Record<string, true | number>;
  accept(configurations: unknown): Record<string, true | number>;
}
/** `@types/ws` leaves it out. */
const { PerMessageDeflate: Ws } = ws as unknown as {
  readonly PerMessageDeflate: new (options: object) => Theirs;
};

/** The elements of a field, each with its parameters in an order of no meaning. */
function sorted(field: string): readonly string[] {
  return field.split(', ').map((element) => element.split('; ').toSorted().join('; '));
}

function outcome(act: () => string | undefined): unknown {
  try {
    const field = act();
    return field === undefined ? undefined : sorted(field);
  } catch {
    return 'refused';
  }
}

const named = (params: Record<string, true | number>): string =>
  format({ 'permessage-deflate': params });
const theirs = (field: string): unknown => parse(field)['permessage-deflate'];

const parameters: readonly (readonly string[])[] = [
  ['', '; server_no_context_takeover'],
  ['', '; client_no_context_takeover'],
  ['', '; server_max_window_bits=9', '; server_max_window_bits=15'],
  ['', '; client_max_window_bits', '; client_max_window_bits=9', '; client_max_window_bits=15'],
];
const wellFormed: readonly string[] = parameters.reduce<readonly string[]>(
  (before, next) => before.flatMap((field) => next.map((parameter) => field + parameter)),
  ['permessage-deflate'],
);
const fields: readonly string[] = [
  ...wellFormed,
  'permessage-deflate; server_max_window_bits=9, permessage-deflate',
  'permessage-deflate; client_max_window_bits=9; client_max_window_bits=9',
  'permessage-deflate; client_max_window_bits=7',
  'permessage-deflate; server_max_window_bits=16',
  'permessage-deflate; server_max_window_bits',
  'permessage-deflate; server_no_context_takeover=1',
  'permessage-deflate; unknown',
];

describe('RFC 7692 §7.1: permessage-deflate is negotiated as by ws', () => {
  it.each(mixtures)('%j: the same is offered', (options) => {
    const same = named(new Ws({ ...options }).offer());
    expect(sorted(offerFor(options))).toEqual(sorted(same));
  });

  it.each(mixtures)(
    '%j: a server takes and refuses the same offers, with the same answer',
    (options) => {
      for (const field of fields) {
        const their = (): string =>
          named(new Ws({ ...options, isServer: true }).accept(theirs(field)));
        const own = (): string | undefined => takeOffer(field, options)?.field;
        expect([field, outcome(own)]).toEqual([field, outcome(their)]);
      }
    },
  );

  it.each(mixtures)('%j: a client takes and refuses the same answers', (options) => {
    for (const field of fields.filter((one) => !one.includes(','))) {
      const their = (): string => named(new Ws({ ...options }).accept(theirs(field)));
      const own = (): string | undefined => takeAnswer(field, options)?.field;
      expect([field, outcome(own)]).toEqual([field, outcome(their)]);
    }
  });

  it('is about no other extension', () => {
    expect(takeOffer('other', {})).toBeUndefined();
    expect(takeAnswer('other', {})).toBeUndefined();
    expect(takeAnswer('permessage-deflate, other', {})).toBeUndefined();
  });
});

describe('what both sides keep to', () => {
  const field =
    'permessage-deflate; server_no_context_takeover; server_max_window_bits=9; client_max_window_bits=10';

  it('is seen from our side', () => {
    const server = { windowBits: 9, contextTakeover: false };
    const client = { windowBits: 10, contextTakeover: true };
    const seen = (own: typeof server, peer: typeof server) => ({
      sendWindowBits: own.windowBits,
      sendContextTakeover: own.contextTakeover,
      receiveWindowBits: peer.windowBits,
      receiveContextTakeover: peer.contextTakeover,
    });
    expect(takeOffer(field, {})?.compression.agreed).toEqual(seen(server, client));
    expect(takeAnswer(field, {})?.compression.agreed).toEqual(seen(client, server));
  });

  it('is everything when nothing is said: both take over, with 32 KiB', () => {
    expect(takeOffer('permessage-deflate', {})?.compression.agreed).toEqual({
      sendWindowBits: 15,
      sendContextTakeover: true,
      receiveWindowBits: 15,
      receiveContextTakeover: true,
    });
  });

  it('has a threshold only where each message stands alone', () => {
    const alone = 'permessage-deflate; server_no_context_takeover';
    const tuning = (said: string, options: DeflateOptions) =>
      takeOffer(said, options)?.compression.tuning.thresholdBytes;
    expect(tuning(alone, {})).toBe(1024);
    expect(tuning(alone, { threshold: 5 })).toBe(5);
    expect(tuning('permessage-deflate', { threshold: 5 })).toBe(0);
  });

  it('tries as hard as zlib is told to', () => {
    const tuning = (zlibDeflateOptions: DeflateOptions['zlibDeflateOptions']) =>
      takeOffer('permessage-deflate', { zlibDeflateOptions })?.compression.tuning;
    expect(tuning({ level: 1, memLevel: 3 })).toMatchObject({ level: 1, memoryLevel: 3 });
    expect(tuning({ level: -1 })).toMatchObject({ level: 6, memoryLevel: 8 });
    expect(tuning(undefined)).toMatchObject({ level: 6, memoryLevel: 8 });
  });
});

describe('`perMessageDeflate`', () => {
  it('is off for false and nothing, and all defaults for true', () => {
    expect([false, undefined, null].map(deflateOptions)).toEqual([undefined, undefined, undefined]);
    expect(deflateOptions(true)).toEqual({});
  });

  it.each([
    ['serverMaxWindowBits', { serverMaxWindowBits: 7 }],
    ['serverMaxWindowBits', { serverMaxWindowBits: 16 }],
    ['clientMaxWindowBits', { clientMaxWindowBits: 8.5 }],
    ['zlibDeflateOptions.level', { zlibDeflateOptions: { level: 10 } }],
    ['zlibDeflateOptions.memLevel', { zlibDeflateOptions: { memLevel: 0 } }],
  ])('throws at once for %s that DEFLATE has not: %j', (name, options) => {
    expect(() => deflateOptions(options)).toThrow(RangeError);
    expect(() => deflateOptions(options)).toThrow(`perMessageDeflate.${name} must be`);
  });

  it('takes the ends of every range', () => {
    const least = { serverMaxWindowBits: 8, zlibDeflateOptions: { level: -1, memLevel: 1 } };
    const most = { clientMaxWindowBits: 15, zlibDeflateOptions: { level: 9, memLevel: 9 } };
    expect([least, most].map(deflateOptions)).toEqual([least, most]);
  });
});
