import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { visit } from '../../../tools/packed/visit.ts';

let project = '';
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'visit-test-'));
});
afterEach(() => rmSync(project, { recursive: true }));

function write(path: string, text: string, mode = 0o644): void {
  const to = join(project, 'node_modules', path);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text, { mode });
}

const page = '<script type="module" src="/a.js"></script><link rel="stylesheet" href="/a.css">';
const files = {
  '/': ['text/html;charset=utf-8', page],
  '/a.js': ['text/javascript', ''],
  '/a.css': ['text/css', ''],
};

/** A server as it should be, but for what is given. */
function installServer({
  served = files,
  exitCode = 0,
  isSilent = false,
  ignoresSignal = false,
  publish = 'async () => ({})',
}: {
  readonly served?: Readonly<Record<string, readonly string[]>>;
  readonly exitCode?: number;
  readonly isSilent?: boolean;
  readonly ignoresSignal?: boolean;
  readonly publish?: string;
}): void {
  const announce = "console.log('up: http://127.0.0.1:' + http.address().port + '/')";
  write(
    '.bin/tautline',
    `#!/usr/bin/env node
    const served = ${JSON.stringify(served)};
    const http = require('node:http').createServer(({ url }, response) => {
      const [type, text] = served[url] ?? [];
      response.writeHead(type === undefined ? 404 : 200, { 'Content-Type': type ?? 'text/plain' });
      response.end(text);
    });
    process.on('SIGTERM', () => ${ignoresSignal} || process.exit(${exitCode}));
    http.listen(0, '127.0.0.1', () => { ${isSilent ? '' : announce} });
    `,
    0o755,
  );
  write(
    'tautline/package.json',
    '{ "type": "module", "exports": { "./client": { "node": "./client.js" } } }',
  );
  write(
    'tautline/client.js',
    `export const createClient = (url) => {
      if (!/^ws:\\/\\/127\\.0\\.0\\.1:\\d+\\/realtime$/.test(url)) throw new Error(url);
      return { publish: ${publish}, close() {} };
    };`,
  );
}

describe('a visit to the installed server', { timeout: 60_000 }, () => {
  it('ends well when the command, the page, the websocket and the end are right', async () => {
    installServer({});
    await expect(visit(project)).resolves.toBeUndefined();
  });

  it('fails for a command that is not there', async () => {
    await expect(visit(project)).rejects.toThrow('ENOENT');
  });

  it('fails for a command that ends at once, with what it said', async () => {
    write('.bin/tautline', '#!/usr/bin/env node\nthrow new Error("no module")\n', 0o755);
    await expect(visit(project)).rejects.toThrow(/^the server ended:\n.*no module/s);
  });

  it('fails for a server that does not say where it is', async () => {
    installServer({ isSilent: true });
    await expect(visit(project, { upWithinMs: 1, downWithinMs: 1 })).rejects.toThrow(
      'the server did not say where it is within 1 ms',
    );
  });

  it('fails when there is no page', async () => {
    installServer({ served: {} });
    await expect(visit(project)).rejects.toThrow(
      /\/ answers 404 with text\/plain, not 200 with text\/html$/,
    );
  });

  it('fails when the page is of another type', async () => {
    installServer({ served: { ...files, '/': ['text/plain', page] } });
    await expect(visit(project)).rejects.toThrow(
      /\/ answers 200 with text\/plain, not 200 with text\/html$/,
    );
  });

  it('fails when the page is not the built one', async () => {
    installServer({ served: { '/': ['text/html', '<p>hello'] } });
    await expect(visit(project)).rejects.toThrow('names no script');
  });

  for (const [name, type] of [
    ['/a.js', 'text/javascript'],
    ['/a.css', 'text/css'],
  ] as const) {
    it(`fails when ${name} of the page is missing`, async () => {
      const { [name]: _, ...served } = files;
      installServer({ served });
      await expect(visit(project)).rejects.toThrow(
        `${name} answers 404 with text/plain, not 200 with ${type}`,
      );
    });
  }

  it('fails when the websocket does', async () => {
    installServer({ publish: "async () => { throw new Error('not connected') }" });
    await expect(visit(project)).rejects.toThrow('not connected');
  });

  it('fails when the server ends with another exit code', async () => {
    installServer({ exitCode: 3 });
    await expect(visit(project)).rejects.toThrow('ended on SIGTERM with exit code 3, not 0');
  });

  it('fails for a server that goes on after SIGTERM', async () => {
    installServer({ ignoresSignal: true });
    await expect(visit(project, { upWithinMs: 60_000, downWithinMs: 1 })).rejects.toThrow(
      'the server did not end on SIGTERM within 1 ms',
    );
  });
});
