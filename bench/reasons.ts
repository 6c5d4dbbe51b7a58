/**
 * Why an aim was missed, where it is known: the id of a scenario, a slash and the subject. A figure that is missed is told with its
 * reason, and never tuned away. Empty for what is met, or not understood yet.
 */

const zlibItself =
  'zlib is shared and has no object for each message (decision 9); what is left is zlib itself, and what any echo with one message ' +
  'in flight costs the system, which ws pays as well.';
const nodeSocket =
  "most of what is left is Node's: its socket with two streams, the writing of the answer, and an error with its stack when the " +
  'load resets the connection.';

const twoCalls =
  "nearly all of it is the system's, in one read and one write for each message, and Node's streams around both, which ws pays too; " +
  'runs on the same machine lie on both sides of the aim.';
const byWebAssembly =
  'ws unmasks in place, in a native addon (bufferutil); ours goes through the memory of a WebAssembly kernel and back, which costs two ' +
  'copies and needs no addon.';
const pages =
  'a third of the time goes to pages of new memory that the system clears, for the chunks that Node reads into and for the message, and how ' +
  'many there are hangs on when the collector runs: ws alone took from 570 to 1,300 µs within an hour. With an allocator that keeps its pages ' +
  '(MALLOC_TRIM_THRESHOLD_) ours costs 1.3 of ws.';
const oneWriteEach =
  "nearly all of it is the system's, in one write for each receiver, which nothing in a server can avoid.";

const byProfile =
  "by profile a third of the time is the system's, in the one write for a turn's answers, and no function of ours takes over a fifteenth";
const systemsWrite = `${byProfile}.`;

export const reasons: Readonly<Record<string, string>> = {
  'echo-20-1/tautline': twoCalls,
  'echo-1024-1/tautline': twoCalls,
  'echo-16384-1/tautline': byWebAssembly,
  'echo-1048576-1/tautline': `${byWebAssembly} Of the rest ${pages}`,
  'fan-out-100-1/tautline': oneWriteEach,
  'fan-out-1000-1/tautline': oneWriteEach,
  'fan-out-5000-1/tautline': oneWriteEach,
  'fan-out-100-1/handle': oneWriteEach,
  'fan-out-1000-1/handle': oneWriteEach,
  'fan-out-5000-1/handle': oneWriteEach,
  'fan-out-100-16/tautline': systemsWrite,
  'fan-out-100-16/handle': systemsWrite,
  'fan-out-1000-16/tautline': systemsWrite,
  'fan-out-1000-16/handle': systemsWrite,
  'fan-out-5000-16/tautline': systemsWrite,
  'fan-out-5000-16/handle': systemsWrite,
  'chat-100/tautline': systemsWrite,
  'chat-100/handle': systemsWrite,
  'echo-20-16/tautline': `${byProfile}; on another machine (AMD EPYC) the public path stood at 0.13.`,
  'echo-20-16/handle': systemsWrite,
  'compressed-300/tautline': zlibItself,
  'compressed-300/handle': zlibItself,
  'handshakes/tautline': nodeSocket,
  'handshakes/handle': `${nodeSocket} The handle is taken out of a socket that was made before.`,
  'idle-10000/handle':
    "just under 2 KiB are alive for each connection. Most of the rest is V8's young generation, which grows by about 25 MB in all " +
    'while the connections come, and stays so large.',
  'echo-16384-1/handle':
    'the aim is that of a prototype that lent its bytes; here the application may keep them, so that each message is copied once.',
  'echo-1048576-1/handle':
    'the aim is that of a prototype that lent its bytes; here the application may keep them, so that each message is memory of its own, ' +
    'whose pages the system has to clear.',
};
