/** What a drive offers to those who give it another shape than ours. */
import { describe, expect, it } from 'vitest';
import { Drive, type DriveListener } from '../../src/endpoint/drive.ts';
import { makeEngine } from '../../src/endpoint/engine.ts';
import { SocketLine } from '../../src/endpoint/socket-line.ts';
import { nodeText } from '../../src/endpoint/text.ts';
import { type ConnectionPorts, connectionOptions, type Role } from '../../src/protocol/index.ts';
import { closeFrame, frame, HandClock, HeldSocket, turnOver } from './support.ts';

function shaped(
  role: Role,
  { takes = true, own }: { takes?: boolean; own?: ConnectionPorts } = {},
) {
  const socket = new HeldSocket({ takes });
  socket.on('error', () => {});
  const clock = new HandClock();
  const engine = makeEngine(clock);
  const told: string[] = [];
  const listener: DriveListener = {
    onMessage() {},
    onPing() {},
    onPong() {},
    onProgress() {},
    onEnding: () => void told.push(`ending ${drive.connection.foreseen.why?.fault?.name ?? '-'}`),
    onClosed: ({ code }) => void told.push(`closed ${code}`),
  };
  const drive: Drive = new Drive(
    new SocketLine(socket),
    role,
    connectionOptions({}),
    engine,
    listener,
    { ports: own },
  );
  drive.start(Buffer.alloc(0), () => {});
  return { drive, socket, told };
}

describe('another shape', () => {
  it('is told that it ends, with the reason at hand, before it has ended', async () => {
    const { drive, socket, told } = shaped('server');
    drive.turn(frame(3));
    expect(told).toEqual(['ending RESERVED_OPCODE', 'ending RESERVED_OPCODE']);
    socket.destroy();
    await turnOver();
    expect(told.at(-1)).toBe('closed 1002');
  });

  it('is told of an end that nobody did wrong as well', async () => {
    const { drive, told } = shaped('server');
    drive.turn(closeFrame(1000));
    expect(told[0]).toBe('ending -');
  });

  it('may bring its own masking keys', () => {
    const own = { text: nodeText, keys: { next: () => 0x01010101 } };
    const { drive, socket } = shaped('client', { own });
    drive.connection.sendText('a');
    drive.flush();
    expect(Array.from(Buffer.concat(socket.writes))).toEqual([0x81, 0x81, 1, 1, 1, 1, 0x60]);
  });
});
