/**
 * What a page pays: each door of the client as a bundler makes it of our sources, minified and compressed. The limits are those of
 * docs/2-guides/client-size.md, which people read.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const files: Readonly<Record<string, string>> = {
  'tautline/client': 'index.ts',
  'tautline/client/app': 'app/index.ts',
  'tautline/react': 'react/index.ts',
  'tautline/client/core': 'core.ts',
  'tautline/client/publishing': 'publishing.ts',
  'tautline/client/history': 'history.ts',
  'tautline/client/binary': 'codecs/binary.ts',
  'tautline/client/ladder': 'transports/ladder.ts',
  'tautline/client/sse': 'transports/sse.ts',
  'tautline/client/long-poll': 'transports/long-poll.ts',
  'tautline/client/shared-tabs': 'transports/shared-tabs/index.ts',
  'tautline/client/shared-worker': 'transports/shared-tabs/worker.ts',
  'tautline/client/storage': 'storage/index.ts',
};

interface Bundle {
  readonly bytes: number;
  readonly rooms: string[];
}

/** All that these doors give, in one file. */
async function bundled(...doors: readonly string[]): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: doors
        .map((door, at) => `export * as door${at} from './src/client/${files[door]}';`)
        .join('\n'),
      resolveDir: '.',
    },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
    tsconfigRaw: {},
    // The page has one already.
    external: ['react'],
  });
  const [output] = Object.values(metafile.outputs);
  const contributing = Object.entries(output!.inputs).filter(
    ([, { bytesInOutput }]) => bytesInOutput > 0,
  );
  return {
    bytes: gzipSync(outputFiles[0]!.contents, { level: 9 }).length,
    rooms: contributing.map(([room]) => room),
  };
}

/** Rows of the guide: `| doors | what | 10,240 bytes |`. The names behind a plus are short. */
function rowsOf(text: string): (readonly [doors: string[], most: number])[] {
  return [...text.matchAll(/^\| (`.*?) \|.*\| ([\d,]+) bytes \|$/gm)].map(([, doors, most]) => [
    [...doors!.matchAll(/`([^`]+)`/g)].map(([, door]) =>
      door!.startsWith('tautline') ? door! : `tautline/client/${door}`,
    ),
    Number(most!.replaceAll(',', '')),
  ]);
}

const guide = readFileSync('docs/2-guides/client-size.md', 'utf8');
const [alone = '', more = ''] = guide.split('Each more costs');

describe('the client in a page', () => {
  it('its core is at most 10 KB', async () => {
    const { bytes } = await bundled('tautline/client/core');
    expect(bytes).toBeLessThanOrEqual(10 * 1024);
  });

  it.each(rowsOf(alone))('%j: at most %i bytes', async (doors, most) => {
    const { bytes } = await bundled(...doors);
    expect(bytes).toBeLessThanOrEqual(most);
    // Nobody reads a limit that is far from what is so.
    expect(bytes).toBeGreaterThan(most * 0.8);
  });

  it.each(rowsOf(more))('%j: at most %i bytes more', async (doors, most) => {
    const [core, both] = await Promise.all([
      bundled('tautline/client/core'),
      bundled('tautline/client/core', ...doors),
    ]);
    const bytes = both.bytes - core.bytes;
    expect(bytes).toBeLessThanOrEqual(most);
    expect(bytes).toBeGreaterThan(most * 0.8);
  });

  it('every door has a row', () => {
    const rows = [...rowsOf(alone), ...rowsOf(more)].flatMap(([doors]) => doors);
    expect([...new Set(rows)].sort()).toEqual(Object.keys(files).sort());
    const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: object };
    const doors = Object.keys(exports).filter((name) => /^\.\/(?:client|react)(?:\/|$)/.test(name));
    expect(doors.map((name) => name.replace('.', 'tautline')).sort()).toEqual(
      Object.keys(files).sort(),
    );
  });

  it.each(['tautline/client', 'tautline/client/core'])(
    '%s holds no other codec and no other transport than JSON on a WebSocket',
    async (door) => {
      const { rooms } = await bundled(door);
      const others = rooms.filter((room) => /\/(?:codecs|transports)\//.test(room));
      expect(others.toSorted()).toEqual([
        'src/client/codecs/json.ts',
        'src/client/transports/websocket.ts',
      ]);
      expect(rooms.filter((room) => /wire\/binary|storage\//.test(room))).toEqual([]);
    },
  );

  it('the core holds nothing of what stands beside it', async () => {
    const { rooms } = await bundled('tautline/client/core');
    const beside =
      /\/(?:asks|call|history|keyed-state|lane|outbox|presence|publish\w+|renewal|requests|sendings|whole-\w+)\.ts$/;
    expect(rooms.filter((room) => beside.test(room))).toEqual([]);
  });
});
