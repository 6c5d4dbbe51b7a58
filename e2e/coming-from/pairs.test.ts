/**
 * The programs of the guides for those who come from elsewhere: before and after have the same conversation.
 */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { root } from '../program.ts';
import { converse } from './conversation.ts';

const spoken = {
  ada: 'Ada is here\nBob is here\nBob: Is the line up?\nsent as 2\nBob has left\n',
  bob: 'Ada is here\nBob is here\nsent as 1\nAda: Taut as a bowstring.\n',
  eve: 'Eve is here\nsent as 1\n',
};

describe.each(['ws', 'socket.io', 'pusher', 'centrifugo'])('coming from %s', (peer) => {
  it('the programs before and after have the same conversation', async () => {
    const before = await converse(peer, 'before');
    expect(before).toEqual(spoken);
    expect(await converse(peer, 'after')).toEqual(before);
  });
});

it('the clients after compile by the contracts of their servers', () => {
  const command = ['tsc', '-p', 'e2e/coming-from/tsconfig.programs.json'];
  const { status, stdout } = spawnSync('npx', command, { cwd: root, encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
