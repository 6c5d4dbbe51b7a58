/**
 * The page of an application and its live connections, on one port: what any web server does, so that `npm start` is all there is to type.
 * In: a Tautline server, and the folder of a page that was built. Out: its address, printed. Fails: when the port is not to be had.
 */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import type { Server } from 'tautline';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** `closed`: what else is to be closed, after the server. */
export async function servePage(
  tautline: Server,
  folder: URL,
  { port, closed }: { port: number; closed?: () => Promise<void> },
): Promise<void> {
  const files = new Map(
    readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder))]),
  );
  const http = createServer(({ url = '/' }, response) => {
    const name = new URL(url, 'http://a').pathname.slice(1) || 'index.html';
    response.writeHead(files.has(name) ? 200 : 404, {
      'Content-Type': types[extname(name)] ?? 'text/plain',
      // Nothing of anybody else's runs in the page.
      'Content-Security-Policy': "default-src 'self'; img-src data:",
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(files.get(name));
  });
  await tautline.attach(http);
  http.listen(Number(process.env['PORT'] ?? port));
  await once(http, 'listening');
  console.log(`http://localhost:${(http.address() as AddressInfo).port}/`);
  process.once('SIGINT', async () => {
    http.close();
    await tautline.close();
    await closed?.();
  });
}
