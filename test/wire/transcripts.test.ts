import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clientChecks, messageLimits, serverChecks } from '../../src/wire/checks.ts';
import {
  clientMessageFromJson,
  disconnects,
  jsonSubprotocol,
  maxChannelBytes,
  maxClientDepth,
  maxIdLength,
  maxJsonLength,
  maxServerDepth,
  mayReturn,
  serverMessageFromJson,
  toJson,
} from '../../src/wire/index.ts';
import { linesOf, messageText, parsedLine, transcriptLines } from './transcripts.ts';

const lines = transcriptLines();

describe('golden transcripts', () => {
  it.each(lines)('%s comes back as the same text', (line) => {
    const text = messageText(line);
    const { from } = parsedLine(line);
    const parsed = from === 'client' ? clientMessageFromJson(text) : serverMessageFromJson(text);
    expect(parsed).toEqual({ message: JSON.parse(text) });
    expect('message' in parsed && toJson(parsed.message)).toBe(text);
  });

  it('every message of the protocol is shown at least once', () => {
    const shown = (from: string) =>
      new Set(lines.map(parsedLine).flatMap((one) => (one.from === from ? one.message.type : [])));
    expect([...shown('client')].sort()).toEqual(Object.keys(clientChecks).sort());
    expect([...shown('server')].sort()).toEqual(Object.keys(serverChecks).sort());
  });

  it('every disconnect is shown with its own code and reason', () => {
    const shown = lines
      .map((line) => parsedLine(line).message)
      .flatMap((message) => (message.type === 'disconnect' ? [message] : []))
      .map(({ code, name, reason }) => ({ code, name, reason }));
    expect(shown).toEqual(Object.values(disconnects));
  });
});

describe('docs/3-reference/wire.md', () => {
  const text = readFileSync(new URL('../../docs/3-reference/wire.md', import.meta.url), 'utf8');
  const examples = [...text.matchAll(/^```[a-z]*\n(.*?)^```$/gms)].flatMap((match) =>
    linesOf(match[1]!),
  );

  it('every example is a line of a transcript', () => {
    expect(examples.filter((example) => !lines.includes(example))).toEqual([]);
  });

  it('every message of the protocol has an example', () => {
    const shown = new Set(examples.map((example) => parsedLine(example).message.type));
    const all = [...Object.keys(clientChecks), ...Object.keys(serverChecks)];
    expect(all.filter((type) => !shown.has(type as never))).toEqual([]);
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
    const numbers = [maxJsonLength, maxClientDepth, maxServerDepth, maxChannelBytes, maxIdLength];
    const all = [...numbers, ...Object.values(messageLimits)];
    expect(all.filter((number) => !text.includes(number.toLocaleString('en-GB')))).toEqual([]);
    expect(text).toContain(jsonSubprotocol);
  });
});
