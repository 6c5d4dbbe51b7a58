/**
 * The protocol on its own, two ends of it in one place: runs wherever there is JavaScript.
 * In: what the door of the protocol exports. Out: what happened, as data that can cross a process.
 */

/** §5.6: one to four bytes a character. */
const text = 'Grüße, 世界, 🧵';

/** A client and a server, and what each sent and was told. The clock is an argument. */
function openPair({ Connection, connectionOptions }) {
  const client = makeEnd();
  const server = makeEnd();
  for (const [role, end] of [
    ['client', client],
    ['server', server],
  ]) {
    end.connection = new Connection(role, end, connectionOptions({}), 0);
  }
  return {
    client,
    server,
    /** Carries what was sent, and what is answered to it, until nobody says more. */
    carry: (nowMs) => {
      while (client.waiting.length + server.waiting.length > 0) {
        deliver(client, server, nowMs);
        deliver(server, client, nowMs);
      }
      if (client.isShut || server.isShut) {
        client.connection.end(nowMs);
        server.connection.end(nowMs);
      }
    },
  };
}

function deliver(from, to, nowMs) {
  for (const bytes of from.waiting.splice(0)) {
    from.sent.push(bytes.slice());
    to.connection.receive(bytes, nowMs);
  }
}

function makeEnd() {
  const end = {
    connection: undefined,
    sent: [],
    waiting: [],
    told: [],
    isShut: false,
    isBlocked: false,
    buffer: new Uint8Array(0),
    reserve(bytes) {
      end.buffer = new Uint8Array(bytes);
      end.waiting.push(end.buffer);
      return 0;
    },
    append: (bytes) => end.waiting.push(bytes.slice()),
    message: (bytes, start, stop, isText) => {
      const payload = bytes.slice(start, stop);
      end.told.push(isText ? new TextDecoder().decode(payload) : payload);
    },
    ping: (bytes, start, stop) => end.told.push(`ping ${bytes.slice(start, stop)}`),
    pong: (bytes, start, stop, ms) => {
      end.told.push(`pong ${bytes.slice(start, stop)} after ${ms} ms`);
    },
    closing: () => {},
    shut: () => {
      end.isShut = true;
    },
    abort: () => {
      end.isShut = true;
    },
    closed: ({ code, reason, clean, fault }) => {
      end.told.push({ code, reason, clean, fault: fault?.name ?? null });
    },
  };
  return end;
}

function exchange(protocol) {
  const { client, server, carry } = openPair(protocol);
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
  for (const { connection } of [client, server]) {
    connection.sendText(text);
    connection.sendBytes(bytes);
  }
  carry(1);
  const isSame = (came) =>
    came.length === bytes.length && came.every((byte, i) => byte === bytes[i]);
  return [server, client].map(({ told: [came, binary, ...more] }) => ({
    text: came,
    bytes: binary.length,
    isSame: isSame(binary),
    more,
  }));
}

function ping(protocol) {
  const { client, server, carry } = openPair(protocol);
  client.connection.ping(Uint8Array.of(1, 2), 1000);
  carry(1007);
  return { client: client.told, server: server.told };
}

function close(protocol, by) {
  const pair = openPair(protocol);
  pair[by].connection.close(4000, 'bye 🧵', 1);
  pair.carry(2);
  return { client: pair.client.told, server: pair.server.told };
}

function sendInvalidText(protocol) {
  const { client, server, carry } = openPair(protocol);
  // §8.1: the second byte of two must not be a bracket.
  client.connection.sendBytes(Uint8Array.of(0xc3, 0x28), true);
  carry(1);
  return { client: client.told, server: server.told };
}

/** What a proxy would see of messages that are all alike. */
function sendAlike(protocol, count) {
  const { client, server, carry } = openPair(protocol);
  for (let i = 0; i < count; i += 1) {
    client.connection.sendText('alike');
    server.connection.sendText('alike');
  }
  carry(1);
  const keys = client.sent.map((frame) => String(frame.slice(2, 6)));
  return {
    told: server.told.filter((message) => message === 'alike').length,
    masked: client.sent.filter((frame) => frame[1] === 0x85 && frame.length === 11).length,
    unmasked: server.sent.filter((frame) => frame[1] === 0x05 && frame.length === 7).length,
    differentKeys: new Set(keys).size,
  };
}

export function runProtocol(protocol) {
  return {
    accept: protocol.acceptFor('dGhlIHNhbXBsZSBub25jZQ=='),
    exchange: exchange(protocol),
    ping: ping(protocol),
    closedByClient: close(protocol, 'client'),
    closedByServer: close(protocol, 'server'),
    invalidText: sendInvalidText(protocol),
    alike: sendAlike(protocol, 50),
  };
}
