/**
 * docs/3-reference/wire.md is enough to write a client: one in Python, made from that page alone, against the real server.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEndpoint, dial, type Message, type Websocket } from '../src/endpoint/index.ts';
import { createServer, type Server, type ServerOptions } from '../src/server/index.ts';

const subprotocol = 'tautline.v1.json';
const client = fileURLToPath(new URL('./peers/wire_client.py', import.meta.url));
const chat = fileURLToPath(new URL('../examples/chat/durable-server.js', import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: lines of another program, which the test looks into.
type Happening = { readonly what: string } & Readonly<Record<string, any>>;

/** The client in Python: what it is told to do, and what it says happened. */
class Peer {
  readonly said: Happening[] = [];
  readonly ended: Promise<unknown>;
  private readonly child: ChildProcess;
  private errors = '';
  private look: () => void = () => undefined;

  constructor(url: string, token = 'ada', stay?: unknown) {
    // Debian's own python, which has the package; another may come first in the path.
    const words = [client, url, token, ...(stay === undefined ? [] : [JSON.stringify(stay)])];
    this.child = spawn('/usr/bin/python3', words, { stdio: 'pipe' });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
    });
    createInterface(this.child.stdout!).on('line', (line) => {
      this.said.push(JSON.parse(line));
      this.look();
    });
    this.ended = once(this.child, 'close').then(() => this.look());
    onTestFinished(() => this.stop());
  }

  do(what: string, more: Readonly<Record<string, unknown>> = {}): void {
    this.child.stdin?.write(`${JSON.stringify({ do: what, ...more })}\n`);
  }

  publish(channel: string, count: number, from = 0): void {
    for (let i = from; i < from + count; i += 1) {
      this.do('publish', { channel, said: { data: i }, tag: i });
    }
  }

  all(what: string, like: Readonly<Record<string, unknown>> = {}): Happening[] {
    const wanted = Object.entries(like);
    return this.said.filter(
      (one) => one.what === what && wanted.every(([name, value]) => one[name] === value),
    );
  }

  /** What was handed over of a channel, in that order. */
  handed(channel: string): unknown[] {
    return this.all('publication', { channel }).map(({ data }) => data);
  }

  /** Resolves with the latest when so many have happened, of all since the beginning. */
  async saw(what: string, like: Readonly<Record<string, unknown>> = {}, count = 1) {
    const until = Date.now() + 40_000;
    while (this.all(what, like).length < count) {
      if (this.child.exitCode !== null || Date.now() > until) {
        const latest = this.said.slice(-20).map((one) => JSON.stringify(one));
        throw new Error(`no ${what} ${JSON.stringify(like)}: ${latest.join('\n')}${this.errors}`);
      }
      await new Promise<void>((resolve) => {
        this.look = resolve;
        setTimeout(resolve, 500);
      });
    }
    return this.all(what, like)[count - 1]!;
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
    expect(this.errors).toBe('');
  }
}

const open: ServerOptions = {
  channels: (name) => ({ kind: name.startsWith('scores') ? 'state' : 'log' }),
  policy: {
    connect: ({ token }) => token,
    subscribe: () => true,
    publish: () => true,
    signal: () => true,
    call: () => true,
  },
};

/** A server with the memory engine, in this process. */
async function serve(more: Partial<ServerOptions> = {}, port = 0) {
  const server: Server = createServer({ ...open, ...more });
  const { port: given } = await server.listen({ port, host: '127.0.0.1' });
  onTestFinished(() => server.close({ withinMs: 0 }));
  return { server, port: given, url: `ws://127.0.0.1:${given}/` };
}

/** A server with the durable engine, in a process that can be killed. */
async function serveDurably(folder: string, port = 0) {
  const env = { ...process.env, FOLDER: join(folder, 'log'), PORT: String(port) };
  const child = spawn(process.execPath, [chat], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const [, given] = /localhost:(\d+)/.exec(line)!;
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  return { kill, port: Number(given), url: `ws://127.0.0.1:${given}/` };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tautline-wire-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Gives what is handed on in the place of a frame; undefined: nothing. */
type Change = (frame: string, from: 'client' | 'server') => string | undefined;

/** Something between client and server. The latest connection of the client comes last. */
async function between(url: string, change: Change) {
  const endpoint = createEndpoint();
  const clients: Websocket[] = [];
  endpoint.mount('/', { origins: 'any', subprotocols: [subprotocol] }, async (near) => {
    clients.push(near);
    const dialling = dial(url, { subprotocols: [subprotocol] });
    // Each waits for the same, so they stay in their order.
    near.on('message', async (frame) => hand(frame, 'client', await dialling));
    near.on('closed', async () => (await dialling).close());
    const far = await dialling;
    far.on('message', (frame) => hand(frame, 'server', near));
    far.on('closed', ({ code, reason }) => near.close(code === 1005 ? 1000 : code, reason));
  });
  const hand = (frame: Message, from: 'client' | 'server', to: Websocket): void => {
    const changed = change(String(frame), from);
    if (changed !== undefined && to.state === 'open') {
      to.send(changed);
    }
  };
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => endpoint.close({ withinMs: 0 }));
  return { url: `ws://127.0.0.1:${port}/`, clients };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('each entry once and in order', () => {
  it('across connections that are cut, and a server that is killed', async () => {
    const folder = newFolder();
    let server = await serveDurably(folder);
    const lobby = { channel: 'chat/lobby' };
    const ada = new Peer(server.url);
    ada.do('follow', lobby);
    await ada.saw('caughtUp');
    ada.publish(lobby.channel, 100);
    await ada.saw('stored', { tag: 10 });
    ada.do('cut');
    await ada.saw('welcome', { resumed: true });
    await ada.saw('stored', { tag: 99 });
    for (const round of [1, 2, 3]) {
      ada.publish(lobby.channel, 300, 300 * round - 200);
      await ada.saw('stored', { tag: 300 * round - 150 });
      await server.kill();
      server = await serveDurably(folder, server.port);
      await ada.saw('welcome', { resumed: true }, round + 1);
    }
    const count = 1_000;
    await ada.saw('publication', { data: count - 1 });
    await ada.saw('stored', { tag: count - 1 });
    expect(ada.handed(lobby.channel)).toEqual(upTo(count));
    const ends = ada.said.filter(({ what }) => ['stored', 'failed', 'unknown'].includes(what));
    expect(ends.map(({ what, tag }) => [what, tag])).toEqual(
      upTo(count).map((tag) => ['stored', tag]),
    );
    expect(ada.all('gap')).toEqual([]);
    // Whoever comes later, with the position of the beginning, gets the same.
    const { position } = ada.all('caughtUp')[0]!;
    const bob = new Peer(server.url, 'bob');
    bob.do('follow', { ...lobby, since: position });
    await bob.saw('caughtUp');
    expect(bob.handed(lobby.channel)).toEqual(upTo(count));
  });

  it('what does not link is asked for again', async () => {
    const { url } = await serve();
    let lost = 0;
    const relay = await between(url, (frame) => {
      const messages = [JSON.parse(frame)].flat();
      const passed = messages.filter(({ type, publication }) => {
        const isLost = type === 'publication' && publication.data === 'lose me' && lost < 2;
        lost += isLost ? 1 : 0;
        return !isLost;
      });
      return passed.length === 0 ? undefined : JSON.stringify(passed);
    });
    const ada = new Peer(relay.url);
    ada.do('follow', { channel: 'news' });
    await ada.saw('caughtUp');
    for (const data of ['a', 'lose me', 'b', 'c']) {
      ada.do('publish', { channel: 'news', said: { data } });
    }
    await ada.saw('publication', { data: 'c' });
    expect(lost).toBe(2);
    expect(ada.handed('news')).toEqual(['a', 'lose me', 'b', 'c']);
    expect(ada.all('unlinked').length).toBeGreaterThan(0);
  });

  it('a gap is told when the memory engine has forgotten, and of each publication what became of it', async () => {
    const methods = { never: () => new Promise(() => undefined) };
    const before = await serve({ methods });
    const ada = new Peer(before.url);
    ada.do('follow', { channel: 'news' });
    await ada.saw('caughtUp');
    ada.do('call', { method: 'never', said: { data: null } });
    ada.publish('news', 500);
    await ada.saw('stored', { tag: 100 });
    await before.server.close({ withinMs: 0 });
    expect(await ada.saw('ended')).toMatchObject({ name: 'SERVER_STOPPING', back: true });
    await serve({ methods }, before.port);
    const { gap } = await ada.saw('gap');
    expect(gap).toMatchObject({ reason: 'epoch', to: { offset: 0, id: '' } });
    expect((await ada.saw('answered', { method: 'never' }))['answer']).toBeNull();
    ada.publish('news', 1, 500);
    await ada.saw('stored', { tag: 500 });
    await ada.saw('publication', { data: 500 });
    const [stored, unknown] = ['stored', 'unknown'].map((what) => ada.all(what));
    expect([...stored!, ...unknown!].map(({ tag }) => tag).sort((a, b) => a - b)).toEqual(
      upTo(501),
    );
    // What was handed over before the gap, and what the new log has behind it: each once, and in order.
    const isNew = ({ position }: Happening): boolean => position.epoch === gap.to.epoch;
    const kept = stored!.filter(isNew).map(({ tag }) => tag);
    const seen = ada.handed('news');
    expect(seen).toEqual([...upTo(seen.length - kept.length), ...kept]);
  });
});

describe('publishing', () => {
  it('what is refused in a row of publications takes no other with it', async () => {
    const publish = ({ data }: { readonly data: unknown }): boolean => data !== 5;
    const { url } = await serve({ policy: { ...open.policy, publish } });
    const ada = new Peer(url);
    ada.do('follow', { channel: 'news' });
    await ada.saw('caughtUp');
    ada.publish('news', 5);
    ada.do('publish', { channel: 'news', said: { data: 'x'.repeat(70_000) }, tag: 'long' });
    ada.publish('news', 10, 5);
    await ada.saw('stored', { tag: 14 });
    await ada.saw('publication', { data: 14 });
    expect(ada.handed('news')).toEqual(upTo(15).filter((data) => data !== 5));
    expect(ada.all('failed')).toMatchObject([
      { tag: 'long', code: 'DATA_TOO_LARGE' },
      { tag: 5, code: 'FORBIDDEN' },
    ]);
  });
});

describe('state', () => {
  it('is a snapshot at first, then what changed, and a snapshot again when all was forgotten', async () => {
    const { server, port, url } = await serve();
    await server.publish('scores', 1, { key: 'blue' });
    await server.publish('scores', 2, { key: 'red' });
    const ada = new Peer(url);
    ada.do('follow', { channel: 'scores' });
    expect((await ada.saw('caughtUp'))['values']).toEqual({ blue: 1, red: 2 });
    ada.do('publish', { channel: 'scores', said: { data: 3, key: 'green' } });
    await ada.saw('changed', { key: 'green' });
    ada.do('cut');
    await ada.saw('ended');
    await server.publish('scores', null, { key: 'red', removed: true });
    expect((await ada.saw('caughtUp', {}, 2))['values']).toEqual({ blue: 1, green: 3 });
    await server.close({ withinMs: 0 });
    const after = await serve({}, port);
    expect((await ada.saw('caughtUp', {}, 3))['values']).toEqual({});
    await after.server.publish('scores', 9, { key: 'red' });
    expect(await ada.saw('changed', { key: 'red', data: 9 })).toMatchObject({ removed: false });
  });
});

describe('calls, and what the server asks and says', () => {
  const methods: ServerOptions['methods'] = {
    async double(data, { progress }) {
      await progress('half of it');
      return (data as number) * 2;
    },
    slow: (data) => new Promise((resolve) => setTimeout(resolve, 1_000, data)),
  };

  it('a call is answered, with its progress, and over another connection', async () => {
    const { url } = await serve({ methods });
    const ada = new Peer(url);
    await ada.saw('welcome');
    ada.do('call', { method: 'double', said: { data: 21 } });
    expect(await ada.saw('answered')).toMatchObject({ answer: { type: 'reply', data: 42 } });
    expect(ada.all('progress')).toMatchObject([{ seq: 1, data: 'half of it' }]);
    ada.do('call', { method: 'nothing', said: { data: null } });
    expect(await ada.saw('answered', { method: 'nothing' })).toMatchObject({
      answer: { type: 'error', code: 'METHOD_UNKNOWN' },
    });
    ada.do('call', { method: 'slow', said: { data: 'kept' } });
    await new Promise((resolve) => setTimeout(resolve, 300));
    ada.do('cut');
    expect(await ada.saw('answered', { method: 'slow' })).toMatchObject({
      answer: { type: 'reply', data: 'kept' },
    });
    expect(ada.all('welcome').map(({ resumed }) => resumed)).toEqual([false, true]);
  });

  it('more calls at once than may wait: the others are kept back, and what is asked is answered', async () => {
    const { server, url } = await serve({ methods });
    const ada = new Peer(url);
    const { session } = await ada.saw('welcome');
    for (const data of upTo(100)) {
      ada.do('call', { method: 'slow', said: { data } });
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await server.ask(session, 'confirm', 'Leave?')).toEqual({ confirmed: 'Leave?' });
    await expect(server.ask(session, 'dance', null)).rejects.toMatchObject({
      code: 'METHOD_UNKNOWN',
    });
    await expect(server.ask(session, 'sleep', 60, { withinMs: 200 })).rejects.toMatchObject({
      code: 'CALL_TOO_LATE',
    });
    await ada.saw('answered', {}, 100);
    expect(ada.all('answered').map(({ answer }) => answer.data)).toEqual(upTo(100));
  });

  it('signals to the session come without being asked for, and ~inbox is a log', async () => {
    const { server, url } = await serve();
    const ada = new Peer(url);
    const { session } = await ada.saw('welcome');
    await server.toSession(session, 'psst');
    expect(await ada.saw('signal')).toMatchObject({ channel: '~inbox', data: 'psst' });
    ada.do('follow', { channel: '~inbox' });
    await ada.saw('caughtUp');
    await server.toUser('ada', 'you have mail');
    expect(await ada.saw('publication')).toMatchObject({
      channel: '~inbox',
      data: 'you have mail',
    });
  });

  it('history is read page by page', async () => {
    const { server, url } = await serve();
    for (const data of upTo(25)) {
      await server.publish('news', data);
    }
    const ada = new Peer(url);
    await ada.saw('welcome');
    ada.do('history', { channel: 'news', limit: 10 });
    const latest = (await ada.saw('page'))['page'];
    expect(latest.publications.map(({ data }: { data: number }) => data)).toEqual(
      upTo(25).slice(15),
    );
    const after = { epoch: latest.top.epoch, offset: 0, id: '' };
    ada.do('history', { channel: 'news', limit: 10, after });
    await ada.saw('page', {}, 4);
    const pages = ada.all('page').slice(1);
    expect(
      pages.flatMap(({ page }) => page.publications.map((one: Happening) => one['data'])),
    ).toEqual(upTo(25));
    expect(pages.map(({ page }) => page.more)).toEqual([true, true, false]);
  });
});

describe('coming back', () => {
  it('a session that is taken over elsewhere: fenced, and on with one of its own', async () => {
    const { url } = await serve();
    const ada = new Peer(url);
    ada.do('follow', { channel: 'news' });
    await ada.saw('caughtUp');
    const { session } = ada.all('welcome')[0]!;
    ada.do('stay');
    const { stay } = await ada.saw('stay');
    const twin = new Peer(url, 'ada', stay);
    expect(await twin.saw('welcome')).toMatchObject({ session, resumed: true });
    expect(await ada.saw('ended')).toMatchObject({ code: 4003, name: 'FENCED', back: true });
    const again = await ada.saw('welcome', {}, 2);
    expect([again['resumed'], again['session'] === session]).toEqual([false, false]);
    await ada.saw('caughtUp', {}, 2);
    twin.do('publish', { channel: 'news', said: { data: 'to both' } });
    await ada.saw('publication', { data: 'to both' });
    expect(twin.all('ended')).toEqual([]);
  });

  it('not before retryAfterMs, and not at all after a code from 4500 on', async () => {
    const endpoint = createEndpoint();
    const came: number[] = [];
    const answers = [
      { type: 'disconnect', code: 4004, name: 'BUSY', reason: 'busy', retryAfterMs: 1_500 },
      { type: 'disconnect', code: 4503, name: 'UNAUTHORISED', reason: 'no' },
    ];
    endpoint.mount('/', { origins: 'any', subprotocols: [subprotocol] }, (websocket) => {
      const answer = answers[came.push(performance.now()) - 1]!;
      websocket.on('message', () => {
        websocket.send(JSON.stringify(answer));
        void websocket.close(answer.code, answer.reason);
      });
    });
    const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => endpoint.close({ withinMs: 0 }));
    const ada = new Peer(`ws://127.0.0.1:${port}/`);
    await ada.ended;
    expect(ada.all('ended')).toMatchObject([
      { name: 'BUSY', back: true },
      { name: 'UNAUTHORISED', back: false },
    ]);
    expect(came[1]! - came[0]!).toBeGreaterThanOrEqual(1_500);
  });

  it('from a server that says nothing any more', async () => {
    const { url } = await serve();
    let isDead = false;
    const relay = await between(url, (frame) => (isDead ? undefined : frame));
    const ada = new Peer(relay.url);
    ada.do('follow', { channel: 'news' });
    await ada.saw('caughtUp');
    // It asks when nothing comes, and stays as long as it is answered.
    await new Promise((resolve) => setTimeout(resolve, 7_000));
    expect(ada.all('ended')).toEqual([]);
    isDead = true;
    await ada.saw('ended');
    isDead = false;
    await ada.saw('welcome', { resumed: true });
    ada.publish('news', 3);
    await ada.saw('publication', { data: 2 });
    expect(ada.handed('news')).toEqual(upTo(3));
  });

  it('to another connection when it is told to move, with the stay and nothing lost', async () => {
    const { url } = await serve();
    const relay = await between(url, (frame) => frame);
    const ada = new Peer(relay.url);
    ada.do('follow', { channel: 'news' });
    await ada.saw('caughtUp');
    ada.publish('news', 50);
    relay.clients[0]!.send('{"type":"drain","reconnectWithinMs":100,"reason":"the server stops"}');
    ada.publish('news', 50, 50);
    await ada.saw('welcome', { resumed: true });
    await ada.saw('stored', { tag: 99 });
    await ada.saw('publication', { data: 99 });
    expect(ada.handed('news')).toEqual(upTo(100));
    expect(relay.clients).toHaveLength(2);
  });

  it('not before the server has stopped, when there is no other to move to', async () => {
    const { server, port, url } = await serve();
    const ada = new Peer(url);
    ada.do('follow', { channel: 'news' });
    await ada.saw('caughtUp');
    const draining = server.drain({ withinMs: 1_000 });
    await new Promise((resolve) => setTimeout(resolve, 900));
    ada.publish('news', 3);
    await ada.saw('publication', { data: 2 });
    expect(ada.all('ended')).toEqual([]);
    await draining;
    await server.close({ withinMs: 0 });
    expect(await ada.saw('ended')).toMatchObject({ name: 'SERVER_STOPPING', back: true });
    await serve({}, port);
    await ada.saw('gap');
  });

  it('not to what is no hub', async () => {
    const { url } = await serve();
    const ada = new Peer(`${url}elsewhere`);
    await ada.ended;
    expect(ada.all('ended')).toMatchObject([{ name: 'REFUSED', reason: '404', back: false }]);
  });
});
