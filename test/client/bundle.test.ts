/**
 * What a page pays: each door of the client as a bundler makes it of our sources, minified and compressed.
 */
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

async function bundled(entry: string): Promise<{ bytes: number; rooms: string[] }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [`src/client/${entry}`],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
    tsconfigRaw: {},
  });
  const [output] = Object.values(metafile.outputs);
  return {
    bytes: gzipSync(outputFiles[0]!.contents, { level: 9 }).length,
    rooms: Object.keys(output!.inputs),
  };
}

describe('the client in a page', () => {
  it('is at most 17 KB, minified and compressed', async () => {
    const { bytes } = await bundled('index.ts');
    expect(bytes).toBeLessThanOrEqual(17 * 1024);
  });

  it('holds no other codec and no other transport than JSON on a WebSocket', async () => {
    const { rooms } = await bundled('index.ts');
    const others = rooms.filter((room) => /\/(?:codecs|transports)\//.test(room));
    expect(others).toEqual(['src/client/codecs/json.ts', 'src/client/transports/websocket.ts']);
    expect(rooms.filter((room) => /wire\/binary|storage\//.test(room))).toEqual([]);
  });

  it.each([
    ['codecs/binary.ts', 7],
    ['storage/index.ts', 4],
    ['transports/ladder.ts', 2],
    ['transports/long-poll.ts', 5],
    ['transports/sse.ts', 5],
  ])('%s alone is at most %i KB', async (entry, most) => {
    const { bytes } = await bundled(entry);
    expect(bytes).toBeLessThanOrEqual(most * 1024);
  });
});
