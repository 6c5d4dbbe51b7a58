/**
 * What the compressed messages are made of: five kinds of content, made here, the same in each run, and as compressible as their
 * kind is.
 */

export interface Sample {
  readonly name: string;
  readonly isText: boolean;
  /** Any 256 bytes of it can be made smaller. */
  readonly shrinks: boolean;
  /** So many bytes from `at` on, again from the beginning when they are at an end. A text is cut at characters of one byte. */
  slice(at: number, bytes: number): Buffer;
}

const size = 256 * 1024;

function sample(name: string, whole: Buffer, { isText = false, shrinks = true }): Sample {
  return {
    name,
    isText,
    shrinks,
    slice(at, bytes) {
      const start = at % whole.length;
      const cut = Buffer.concat([whole.subarray(start, start + bytes)], bytes);
      const missing = bytes - (whole.length - start);
      if (missing > 0) {
        whole.copy(cut, whole.length - start, 0, missing);
      }
      return cut;
    },
  };
}

/** Numbers that look like chance. */
function* numbers(): Generator<number> {
  for (let state = 0x9e3779b9; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

const chance = numbers();
const next = (below: number): number => (chance.next().value as number) % below;

function lines(line: (index: number) => string): Buffer {
  const parts: string[] = [];
  for (let length = 0, index = 0; length < size; index += 1) {
    const made = line(index);
    parts.push(made);
    length += made.length;
  }
  return Buffer.from(parts.join('').slice(0, size), 'latin1');
}

const words =
  'the window of a stream holds what was said before so that it need not be said again'.split(' ');
const word = (): string => words[next(words.length)]!;

const json = lines(
  (index) =>
    `{"id":${index},"name":"${word()} ${word()}","at":${next(2 ** 24)},"tags":["${word()}"]},\n`,
);
const picture = Buffer.from(
  Uint8Array.from({ length: size }, (_, at) => (at >> 9) + (at % 512) / 2 + next(4)),
);
const prose = lines(() => `${Array.from({ length: 8 + next(8) }, word).join(' ')}.\n`);
const page = lines(
  (index) => `<tr class="row-${index % 2}"><td>${next(1000)}</td><td>${word()}</td></tr>\n`,
);
/** Mostly of what cannot be made smaller, as documents with pictures are. */
const document = Buffer.from(
  Uint8Array.from({ length: size }, (_, at) => (at % 8 === 0 ? 0x20 : next(256))),
);

export const samples: readonly Sample[] = [
  sample('JSON', json, { isText: true }),
  sample('a picture', picture, { shrinks: false }),
  sample('prose', prose, {}),
  sample('a page of HTML', page, { isText: true }),
  sample('a document', document, { shrinks: false }),
];
