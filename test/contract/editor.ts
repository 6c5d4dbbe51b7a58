/**
 * An editor, as TypeScript's own language server sees one: it opens a program and asks what could stand at a place.
 * In: a program with the mark `▮` where the cursor is. Out: the names that are offered, one list for each mark. Fails: when the server ends.
 * Source: the Language Server Protocol 3.17, over standard input and output.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { makeProject } from './project.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const mark = '▮';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly items?: readonly unknown[] };
  readonly result?: { readonly items?: readonly { readonly label: string }[] };
}

export async function offeredIn(marked: string): Promise<string[][]> {
  const pieces = marked.split(mark);
  const text = pieces.join('');
  const { folder, remove } = makeProject(text);
  const server = startServer();
  try {
    const uri = pathToFileURL(join(folder, 'program.ts')).href;
    await server.ask('initialize', { processId: null, rootUri: null, capabilities: {} });
    server.tell('initialized', {});
    const textDocument = { uri, languageId: 'typescript', version: 1, text };
    server.tell('textDocument/didOpen', { textDocument });
    const offered: string[][] = [];
    for (let at = 1; at < pieces.length; at += 1) {
      const lines = pieces.slice(0, at).join('').split('\n');
      const position = { line: lines.length - 1, character: lines.at(-1)!.length };
      const params = { textDocument: { uri }, position };
      const { result } = await server.ask('textDocument/completion', params);
      offered.push((result?.items ?? []).map(({ label }) => label).sort());
    }
    return offered;
  } finally {
    server.end();
    remove();
  }
}

interface Settle {
  readonly resolve: (message: Message) => void;
  readonly reject: (error: Error) => void;
}

interface Server {
  ask(method: string, params: object): Promise<Message>;
  tell(method: string, params: object): void;
  end(): void;
}

function startServer(): Server {
  const tsc = join(root, 'node_modules/.bin/tsc');
  const server = spawn(tsc, ['--lsp', '--stdio'], { cwd: root, stdio: ['pipe', 'pipe', 'ignore'] });
  const asked = new Map<number, Settle>();
  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const hear = (message: Message): void => {
    if (message.method === undefined) {
      asked.get(message.id!)?.resolve(message);
    } else if (message.id !== undefined) {
      // What it asks of an editor: its settings, of which there are none, and leave to watch files.
      send({ id: message.id, result: message.params?.items?.map(() => null) ?? null });
    }
  };
  let held = Buffer.alloc(0);
  server.stdout.on('data', (chunk: Buffer) => {
    held = readMessages(Buffer.concat([held, chunk]), hear);
  });
  server.once('exit', () => {
    for (const { reject } of asked.values()) {
      reject(new Error('the language server has ended'));
    }
  });
  // What is written to one that has ended is told by its end.
  server.stdin.on('error', () => {});
  return {
    ask: (method, params) =>
      new Promise((resolve, reject) => {
        const id = asked.size + 1;
        asked.set(id, { resolve, reject });
        send({ id, method, params });
      }),
    tell: (method, params) => send({ method, params }),
    end: () => void server.kill('SIGKILL'),
  };
}

/** Gives each whole message on, and the rest back. */
function readMessages(
  bytes: Buffer<ArrayBuffer>,
  hear: (message: Message) => void,
): Buffer<ArrayBuffer> {
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    const length = /Content-Length: (\d+)/.exec(rest.toString('latin1', 0, Math.max(end, 0)))?.[1];
    const from = end + 4;
    if (length === undefined || rest.length < from + Number(length)) {
      return rest;
    }
    hear(JSON.parse(rest.toString('utf8', from, from + Number(length))) as Message);
    rest = rest.subarray(from + Number(length));
  }
}
