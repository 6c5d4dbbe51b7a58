import { createServer, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEndpoint } from '../../src/endpoint/index.ts';

describe('A9: an upgrade pipelined behind a request that is not answered yet', () => {
  it('opens nothing: the late answer cannot come in the middle of frames', async () => {
    const waiting: ServerResponse[] = [];
    const http = createServer((_request, response) => waiting.push(response));
    const endpoint = createEndpoint();
    let opened = 0;
    endpoint.mount('/ws', { origins: 'any' }, () => {
      opened += 1;
    });
    endpoint.attach(http);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      await endpoint.close({ withinMs: 0 });
      http.closeAllConnections();
      http.close();
    });
    const { port } = http.address() as { port: number };
    const peer = connect(port, '127.0.0.1');
    let got = '';
    peer.on('data', (chunk) => {
      got += chunk.toString('latin1');
    });
    peer.on('error', () => {});
    peer.write(
      'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n' +
        'GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    await new Promise((resolve) => peer.once('close', resolve));
    expect(waiting.length).toBe(1);
    waiting[0]!.end('secret page');
    expect(opened).toBe(0);
    expect(got).toBe('');
  });
});
