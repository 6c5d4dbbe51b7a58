import { expect, it } from 'vitest';
import { usualManners } from '../../src/protocol/manners.ts';

// What they change is in connection.faces.test.ts.
it('usually pings are answered, and a client waits for the server to end the transport', () => {
  expect(usualManners).toEqual({ answersPings: true, endsFirst: false });
});
