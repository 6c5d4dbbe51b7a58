import { describe, expect, it } from 'vitest';
import { StreamPeer, serveHttp2, sessionWith } from './http2-peers.ts';
import { closeFrame, eventually, HandClock, next, text, uncaught } from './support.ts';

describe('RFC 8441 §5 the end', () => {
  it('a closing handshake, then END_STREAM from both sides', async () => {
    const { port, accepted } = await serveHttp2();
    const peer = await StreamPeer.open(port);
    const websocket = await accepted();
    const closed = next(websocket, 'closed');
    peer.write(closeFrame(4001, 'bye'));
    expect((await peer.frames(1))[0]?.payload).toEqual(Buffer.from('\x0f\xa1bye', 'latin1'));
    await peer.ended();
    peer.stream.end();
    await peer.closed();
    expect(peer.stream.rstCode).toBe(0);
    expect(await closed).toMatchObject([{ code: 4001, reason: 'bye', clean: true }]);
  });

  it('a peer that takes our END_STREAM for the end of both sides is told so a second later', async () => {
    const clock = new HandClock();
    const { port, accepted, endpoint } = await serveHttp2({}, () => {}, { clock });
    const peer = await StreamPeer.open(port);
    const closed = next(await accepted(), 'closed');
    peer.write(closeFrame(4001, 'bye'));
    await peer.ended();
    await eventually(() => clock.pending > 1);
    clock.advance(900);
    expect(endpoint.websockets.size).toBe(1);
    clock.advance(200);
    expect(await closed).toMatchObject([{ code: 4001, reason: 'bye', clean: true }]);
    await peer.closed();
    expect(peer.stream.rstCode).toBe(0);
  });

  it('close begins the handshake, and resolves with the answer', async () => {
    const { port, accepted } = await serveHttp2();
    const peer = await StreamPeer.open(port);
    const closing = (await accepted()).close(4002, 'enough');
    expect((await peer.frames(1))[0]?.opcode).toBe(8);
    peer.write(closeFrame(4002));
    peer.stream.end();
    expect(await closing).toMatchObject({ code: 4002, clean: true });
    await peer.closed();
    expect(peer.stream.rstCode).toBe(0);
  });

  it('END_STREAM without a Close frame is 1006', async () => {
    const { port, accepted } = await serveHttp2();
    const peer = await StreamPeer.open(port);
    const closed = next(await accepted(), 'closed');
    peer.stream.end();
    expect(await closed).toMatchObject([{ code: 1006, clean: false }]);
    await peer.ended();
  });

  it.each([0, 8, 2])('RST_STREAM(%i) without a Close frame is 1006', async (code) => {
    const errors = uncaught();
    const { port, accepted, endpoint } = await serveHttp2();
    const peer = await StreamPeer.open(port);
    const closed = next(await accepted(), 'closed');
    peer.stream.close(code);
    expect(await closed).toMatchObject([{ code: 1006, clean: false }]);
    expect(endpoint.websockets.size).toBe(0);
    expect(errors).toEqual([]);
  });

  it('a session that is destroyed is 1006 for each websocket on it', async () => {
    const errors = uncaught();
    const { port, accepted } = await serveHttp2();
    const session = await sessionWith(port);
    const peers = [new StreamPeer(session), new StreamPeer(session)];
    for (const peer of peers) {
      await peer.status();
    }
    const closed = [next(await accepted(), 'closed'), next(await accepted(), 'closed')];
    session.destroy();
    for (const [why] of await Promise.all(closed)) {
      expect(why).toMatchObject({ code: 1006, clean: false });
    }
    expect(errors).toEqual([]);
  });

  it('terminate is RST_STREAM(CANCEL), and the other websockets go on', async () => {
    const { port, accepted } = await serveHttp2({}, (websocket) => {
      websocket.on('message', (message) => void websocket.send(message));
    });
    const session = await sessionWith(port);
    const cut = new StreamPeer(session);
    const websocket = await accepted();
    const other = new StreamPeer(session);
    await other.status();
    websocket.terminate();
    await cut.closed();
    expect(cut.stream.rstCode).toBe(8);
    other.write(text('still here'));
    expect((await other.frames(1))[0]?.payload.toString()).toBe('still here');
  });
});
