import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  clientLayouts,
  isMaybe,
  type Kind,
  type Layout,
  serverLayouts,
} from '../../src/wire/binary/layouts.ts';
import {
  clientMessagesFromBinary,
  clientMessageToBinary,
  maxBinaryLength,
  serverMessagesFromBinary,
  serverMessageToBinary,
} from '../../src/wire/binary.ts';
import { messageLimits } from '../../src/wire/checks.ts';
import { clientChecks } from '../../src/wire/client-checks.ts';
import {
  binarySubprotocol,
  type ClientMessage,
  clientMessagesFromJson,
  disconnects,
  joinJson,
  jsonSubprotocol,
  maxChannelBytes,
  maxClientDepth,
  maxIdLength,
  maxJsonLength,
  maxServerDepth,
  mayReturn,
  type ServerMessage,
  serverMessagesFromJson,
  toJson,
} from '../../src/wire/index.ts';
import { serverChecks } from '../../src/wire/server-checks.ts';
import {
  frameLines,
  linesOf,
  messagesOf,
  messageText,
  parsedLine,
  transcriptLines,
} from './transcripts.ts';

const lines = transcriptLines();
const frames = frameLines();

function read(
  line: string,
): ReturnType<typeof serverMessagesFromJson | typeof clientMessagesFromJson> {
  const text = messageText(line);
  return parsedLine(line).from === 'client'
    ? clientMessagesFromJson(text)
    : serverMessagesFromJson(text);
}

describe('golden transcripts', () => {
  it.each(lines)('%s comes back as the same text', (line) => {
    const parsed = read(line);
    const texts = 'messages' in parsed ? parsed.messages.map(toJson) : [];
    const isList = Array.isArray(parsedLine(line).message);
    expect(isList ? joinJson(texts) : texts.join()).toBe(messageText(line));
  });

  it('every message of the protocol is shown at least once', () => {
    const shown = (from: string) =>
      lines
        .filter((line) => parsedLine(line).from === from)
        .flatMap(messagesOf)
        .map(({ type }) => type);
    expect([...new Set(shown('client'))].sort()).toEqual(Object.keys(clientChecks).sort());
    expect([...new Set(shown('server'))].sort()).toEqual(Object.keys(serverChecks).sort());
  });

  it('every disconnect is shown with its own code and reason', () => {
    const shown = lines
      .flatMap(messagesOf)
      .flatMap((message) => (message.type === 'disconnect' ? [message] : []))
      .map(({ code, name, reason }) => ({ code, name, reason }));
    const all = Object.values(disconnects);
    expect(shown).toEqual(all.map(({ code, name, reason }) => ({ code, name, reason })));
  });
});

describe('golden frames of the binary codec', () => {
  it.each(frames)('%s is what is written, and what is read', (line) => {
    const { frame } = JSON.parse(line) as { readonly frame: string };
    const bytes = Buffer.from(frame.replaceAll(' ', ''), 'hex');
    const { from } = parsedLine(line);
    const said = read(line);
    expect(
      from === 'client' ? clientMessagesFromBinary(bytes) : serverMessagesFromBinary(bytes),
    ).toEqual(said);
    const written = ('messages' in said ? said.messages : []).map((message) =>
      from === 'client'
        ? clientMessageToBinary(message as ClientMessage)
        : serverMessageToBinary(message as ServerMessage),
    );
    expect(Buffer.concat(written).toString('hex')).toBe(frame.replaceAll(' ', ''));
  });
});

describe('docs/3-reference/wire.md', () => {
  const text = readFileSync(new URL('../../docs/3-reference/wire.md', import.meta.url), 'utf8');
  const examples = [...text.matchAll(/^```[a-z]*\n(.*?)^```$/gms)].flatMap((match) =>
    linesOf(match[1]!),
  );

  it('every example is a line of a transcript', () => {
    expect(examples.filter((line) => !lines.includes(line) && !frames.includes(line))).toEqual([]);
  });

  it('every message of the protocol has an example', () => {
    const shown = new Set<string>(examples.flatMap(messagesOf).map(({ type }) => type));
    const all = [...Object.keys(clientChecks), ...Object.keys(serverChecks)];
    expect(all.filter((type) => !shown.has(type))).toEqual([]);
  });

  it('every frame of the binary codec is an example', () => {
    expect(frames.filter((line) => !examples.includes(line))).toEqual([]);
  });

  it('every code of a refusal has an example', () => {
    const codes = lines
      .flatMap(messagesOf)
      .flatMap((message) => (message.type === 'error' ? [message.code] : []));
    const shown = examples
      .flatMap(messagesOf)
      .flatMap((message) => (message.type === 'error' ? [message.code] : []));
    expect([...new Set(shown)].sort()).toEqual([...new Set(codes)].sort());
    expect(new Set(shown).size).toBe(26);
  });

  it('the table of disconnects is the one in the code', () => {
    const rows = [...text.matchAll(/^\| (4\d{3}) \| `([A-Z_]+)` \| (yes|no) \|/gm)];
    expect(rows.map(([, code, name, back]) => ({ code: Number(code), name, back }))).toEqual(
      Object.values(disconnects).map(({ code, name }) => ({
        code,
        name,
        back: mayReturn(code) ? 'yes' : 'no',
      })),
    );
  });

  it('the numbers it names are those of the code', () => {
    const numbers = [
      maxJsonLength,
      maxBinaryLength,
      maxClientDepth,
      maxServerDepth,
      maxChannelBytes,
      maxIdLength,
    ];
    const all = [...numbers, ...Object.values(messageLimits)];
    expect(all.filter((number) => !text.includes(number.toLocaleString('en-GB')))).toEqual([]);
    expect(text).toContain(jsonSubprotocol);
    expect(text).toContain(binarySubprotocol);
  });

  describe('the tables of the binary codec are those of the code', () => {
    const records = new Map(
      [...text.matchAll(/^\| \*(\w+)\* \| (.+) \|$/gm)].map(([, name, fields]) => [name!, fields!]),
    );
    const rows = [...text.matchAll(/^\| (\d+) \| `(\w+)` \| (.+) \|$/gm)]
      .filter(([, number]) => Number(number) < 100)
      .map(([, number, type, fields]) => `${number} ${type}: ${spelledOut(fields!, records)}`);

    it.each([
      ['a client', clientLayouts, 0],
      ['a hub', serverLayouts, Object.keys(clientLayouts).length],
    ] as const)('of %s', (_, layouts, before) => {
      const all = Object.entries(layouts as Readonly<Record<string, Layout>>);
      expect(rows.slice(before, before + all.length)).toEqual(
        all.map(([type, layout], at) => `${at + 1} ${type}: ${fieldsOf(layout)}`),
      );
    });

    it('and there are no others', () => {
      expect(rows).toHaveLength(
        Object.keys(clientLayouts).length + Object.keys(serverLayouts).length,
      );
    });
  });
});

/** Records by name become their fields. */
function spelledOut(fields: string, records: ReadonlyMap<string, string>): string {
  return fields.replaceAll(/\*(\w+)\*/g, (_, name: string) => {
    return `(${spelledOut(records.get(name) ?? '', records)})`;
  });
}

function fieldsOf(layout: Layout): string {
  return Object.entries(layout)
    .map(([name, kind]) =>
      isMaybe(kind) ? `${name}? ${wordFor(kind.maybe)}` : `${name} ${wordFor(kind)}`,
    )
    .join(', ');
}

function wordFor(kind: Kind): string {
  if (typeof kind === 'string') {
    return kind;
  }
  return 'record' in kind ? `(${fieldsOf(kind.record)})` : `list of ${wordFor(kind.list)}`;
}
