import { type AddressInfo, connect } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DialOptions, dial } from '../../src/endpoint/index.ts';
import { switching } from './answering.ts';
import { makeCertificate } from './certificates.ts';

const names = ['localhost', 'other.example'];
const certificate = makeCertificate({ names, addresses: ['127.0.0.1'] });

interface Greeted {
  /** Server names that were asked for, in handshakes that asked for one. */
  readonly names: string[];
  /** Protocols that were offered, per handshake. */
  readonly offers: string[][];
  readonly agreed: (string | false | null)[];
}

/** What a TLS server is told by a dialling of `wss://` and `host`, which must open. */
async function greeted(host: string, tls: DialOptions['tls'] = {}): Promise<Greeted> {
  const seen: Greeted = { names: [], offers: [], agreed: [] };
  const server = createTlsServer({
    ...certificate,
    SNICallback: (name, done) => {
      seen.names.push(name);
      done(null);
    },
    ALPNCallback: ({ protocols }) => {
      seen.offers.push(protocols);
      return protocols[0];
    },
  });
  server.on('secureConnection', (socket) => {
    seen.agreed.push(socket.alpnProtocol);
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    socket.once('data', (head: Buffer) => void socket.write(switching(head.toString('latin1'))));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const way = host === '[::1]' ? { socket: connect(port, '127.0.0.1') } : {};
  const ca = certificate.cert;
  const websocket = await dial(`wss://${host}:${port}`, { tls: { ca, ...way, ...tls } });
  websocket.terminate();
  return seen;
}

describe('§4.1 TLS: "Clients MUST use the Server Name Indication extension"', () => {
  it('names the host of the URL', async () => {
    expect((await greeted('localhost')).names).toEqual(['localhost']);
  });

  it('names what the application says instead', async () => {
    const { names: asked } = await greeted('localhost', { servername: 'other.example' });
    expect(asked).toEqual(['other.example']);
  });

  it.each(['127.0.0.1', '[::1]'])('names no address: %s (RFC 6066 §3)', async (host) => {
    const { names: asked, offers } = await greeted(host, { checkServerIdentity: () => undefined });
    expect(asked).toEqual([]);
    expect(offers).toHaveLength(1);
  });
});

describe('RFC 7301: the protocol inside of TLS', () => {
  it('is offered as http/1.1 and nothing else', async () => {
    const { offers, agreed } = await greeted('localhost');
    expect(offers).toEqual([['http/1.1']]);
    expect(agreed).toEqual(['http/1.1']);
  });
});
