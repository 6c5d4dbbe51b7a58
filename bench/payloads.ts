/**
 * What is sent where the bytes matter: text that can be compressed, and messages of the wire.
 */

/** Members of a game, as a server tells of them: 300 bytes. */
export const jsonText: string = ((): string => {
  const members = Array.from({ length: 12 }, (_, i) => ({ id: i, x: i * 17, y: i * 29 }));
  return JSON.stringify({ type: 'moved', members }).slice(0, 300).padEnd(300, ' ');
})();

export const channel = 'bench';

/** What a client of the hub says before it hears publications. */
export const greetings: readonly string[] = [
  JSON.stringify({ type: 'hello', version: 1, capabilities: [] }),
  JSON.stringify({ type: 'subscribe', id: 1, channel }),
];

/** 64 bytes of data. */
const data = 'x'.repeat(64);
export const publishMessage: string = JSON.stringify({ type: 'publish', id: 2, channel, data });
