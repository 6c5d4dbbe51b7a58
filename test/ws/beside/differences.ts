/** What we mean to do otherwise than ws, scenario by scenario: what happens there, and what happens here. */

export interface Difference {
  /** Completes the sentence “…, but …”. */
  readonly why: string;
  readonly ws: Readonly<Record<string, readonly string[]>>;
  readonly ours: Readonly<Record<string, readonly string[]>>;
}

export const differences: Readonly<Record<string, Difference>> = {
  'server: pauses in a handler': {
    why: 'a paused websocket tells nothing more, not even what came in the same read',
    ws: {
      socket: [
        'message Buffer(1) false [1]',
        'message Buffer(2) false [1]',
        'resumes',
        'close 1000 Buffer() [3]',
      ],
      peer: ['HTTP/1.1 101 Switching Protocols', 'frame 88 plain 1000', 'end'],
    },
    ours: {
      socket: [
        'message Buffer(1) false [1]',
        'resumes',
        'message Buffer(2) false [1]',
        'resumes',
        'close 1000 Buffer() [3]',
      ],
      peer: ['HTTP/1.1 101 Switching Protocols', 'frame 88 plain 1000', 'end'],
    },
  },
  'client: pauses in a handler': {
    why: 'a paused websocket tells nothing more, not even what came in the same read',
    ws: {
      socket: [
        'open [1]',
        'message Buffer(1) false [1]',
        'message Buffer(2) false [1]',
        'resumes',
        'close 1000 Buffer() [3]',
      ],
      peer: ['frame 88 masked 1000', 'end'],
    },
    ours: {
      socket: [
        'open [1]',
        'message Buffer(1) false [1]',
        'resumes',
        'message Buffer(2) false [1]',
        'resumes',
        'close 1000 Buffer() [3]',
      ],
      peer: ['frame 88 masked 1000', 'end'],
    },
  },
  'server: terminates in a handler': {
    why: 'nothing is told after terminate',
    ws: {
      socket: [
        'message Buffer(1) false [1]',
        'message Buffer(2) false [2]',
        'close 1006 Buffer() [3]',
      ],
      peer: ['HTTP/1.1 101 Switching Protocols', 'end'],
    },
    ours: {
      socket: ['message Buffer(1) false [1]', 'close 1006 Buffer() [3]'],
      peer: ['HTTP/1.1 101 Switching Protocols', 'end'],
    },
  },
  'client: terminates in a handler': {
    why: 'nothing is told after terminate',
    ws: {
      socket: [
        'open [1]',
        'message Buffer(1) false [1]',
        'message Buffer(2) false [2]',
        'close 1006 Buffer() [3]',
      ],
      peer: ['end'],
    },
    ours: {
      socket: ['open [1]', 'message Buffer(1) false [1]', 'close 1006 Buffer() [3]'],
      peer: ['end'],
    },
  },
  'server: a length above 2^53': {
    why: 'every length above the limit is one error',
    ws: {
      socket: [
        'error RangeError WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH Unsupported WebSocket frame: payload length > 2^53 - 1 [2]',
        'close 1006 Buffer() [3]',
      ],
      peer: ['HTTP/1.1 101 Switching Protocols', 'frame 88 plain 1009', 'end'],
    },
    ours: {
      socket: [
        'error RangeError WS_ERR_UNSUPPORTED_MESSAGE_LENGTH Max payload size exceeded [2]',
        'close 1006 Buffer() [3]',
      ],
      peer: ['HTTP/1.1 101 Switching Protocols', 'frame 88 plain 1009', 'end'],
    },
  },
  'client: a length above 2^53': {
    why: 'every length above the limit is one error',
    ws: {
      socket: [
        'open [1]',
        'error RangeError WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH Unsupported WebSocket frame: payload length > 2^53 - 1 [2]',
        'close 1006 Buffer() [3]',
      ],
      peer: ['frame 88 masked 1009', 'end'],
    },
    ours: {
      socket: [
        'open [1]',
        'error RangeError WS_ERR_UNSUPPORTED_MESSAGE_LENGTH Max payload size exceeded [2]',
        'close 1006 Buffer() [3]',
      ],
      peer: ['frame 88 masked 1009', 'end'],
    },
  },
  'server: a length with its highest bit': {
    why: 'the standard calls that a wrong frame, not a large one',
    ws: {
      socket: [
        'error RangeError WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH Unsupported WebSocket frame: payload length > 2^53 - 1 [2]',
        'close 1006 Buffer() [3]',
      ],
      peer: ['HTTP/1.1 101 Switching Protocols', 'frame 88 plain 1009', 'end'],
    },
    ours: {
      socket: [
        'error RangeError WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH Unsupported WebSocket frame: payload length > 2^53 - 1 [2]',
        'close 1006 Buffer() [3]',
      ],
      peer: ['HTTP/1.1 101 Switching Protocols', 'frame 88 plain 1002', 'end'],
    },
  },
  'client: a length with its highest bit': {
    why: 'the standard calls that a wrong frame, not a large one',
    ws: {
      socket: [
        'open [1]',
        'error RangeError WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH Unsupported WebSocket frame: payload length > 2^53 - 1 [2]',
        'close 1006 Buffer() [3]',
      ],
      peer: ['frame 88 masked 1009', 'end'],
    },
    ours: {
      socket: [
        'open [1]',
        'error RangeError WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH Unsupported WebSocket frame: payload length > 2^53 - 1 [2]',
        'close 1006 Buffer() [3]',
      ],
      peer: ['frame 88 masked 1002', 'end'],
    },
  },
  'server: a length that is not in its shortest form': {
    why: 'the standard forbids it, so the frame is refused',
    ws: {
      socket: ['message Buffer(a) false [1]', 'close 1000 Buffer() [3]'],
      peer: ['HTTP/1.1 101 Switching Protocols', 'frame 88 plain 1000', 'end'],
    },
    ours: {
      socket: [
        'error RangeError WS_ERR_LENGTH_NOT_MINIMAL Invalid WebSocket frame: the length is not in its shortest form [2]',
        'close 1006 Buffer() [3]',
      ],
      peer: ['HTTP/1.1 101 Switching Protocols', 'frame 88 plain 1002', 'end'],
    },
  },
  'client: a length that is not in its shortest form': {
    why: 'the standard forbids it, so the frame is refused',
    ws: {
      socket: ['open [1]', 'message Buffer(a) false [1]', 'close 1000 Buffer() [3]'],
      peer: ['frame 88 masked 1000', 'end'],
    },
    ours: {
      socket: [
        'open [1]',
        'error RangeError WS_ERR_LENGTH_NOT_MINIMAL Invalid WebSocket frame: the length is not in its shortest form [2]',
        'close 1006 Buffer() [3]',
      ],
      peer: ['frame 88 masked 1002', 'end'],
    },
  },
  'server: skipUTF8Validation': {
    why: 'text is always checked',
    ws: {
      socket: ['message Buffer(\u00ff) false [1]', 'close 1000 Buffer() [3]'],
      peer: ['HTTP/1.1 101 Switching Protocols', 'frame 88 plain 1000', 'end'],
    },
    ours: {
      socket: [
        'error Error WS_ERR_INVALID_UTF8 Invalid WebSocket frame: invalid UTF-8 sequence [2]',
        'close 1006 Buffer() [3]',
      ],
      peer: ['HTTP/1.1 101 Switching Protocols', 'frame 88 plain 1007', 'end'],
    },
  },
  'client: skipUTF8Validation': {
    why: 'text is always checked',
    ws: {
      socket: ['open [1]', 'message Buffer(\u00ff) false [1]', 'close 1000 Buffer() [3]'],
      peer: ['frame 88 masked 1000', 'end'],
    },
    ours: {
      socket: [
        'open [1]',
        'error Error WS_ERR_INVALID_UTF8 Invalid WebSocket frame: invalid UTF-8 sequence [2]',
        'close 1006 Buffer() [3]',
      ],
      peer: ['frame 88 masked 1007', 'end'],
    },
  },
  'server: sends in fragments with compression': {
    why: 'what is sent in fragments is not compressed',
    ws: {
      callback: ['first nothing', 'last nothing'],
      peer: [
        'HTTP/1.1 101 Switching Protocols',
        'frame 41 plain Buffer(The quick brown fox jumps over the lazy dog. )',
        'frame 80 plain Buffer(The quick brown fox jumps over the lazy dog. )',
      ],
    },
    ours: {
      callback: ['first nothing', 'last nothing'],
      peer: [
        'HTTP/1.1 101 Switching Protocols',
        'frame 1 plain Buffer(The quick brown fox jumps over the lazy dog. )',
        'frame 80 plain Buffer(The quick brown fox jumps over the lazy dog. )',
      ],
    },
  },
  'server: sends what does not get smaller': {
    why: 'it goes as it is',
    ws: {
      callback: ['x nothing'],
      peer: ['HTTP/1.1 101 Switching Protocols', 'frame c1 plain Buffer(x)'],
    },
    ours: {
      callback: ['x nothing'],
      peer: ['HTTP/1.1 101 Switching Protocols', 'frame 81 plain Buffer(x)'],
    },
  },
  'server: is sent what is no DEFLATE': {
    why: 'the words are ours, not those of zlib',
    ws: {
      peer: ['HTTP/1.1 101 Switching Protocols', 'frame 88 plain 1007', 'end'],
      socket: ['error Error Z_DATA_ERROR invalid block type [2]', 'close 1006 Buffer() [3]'],
    },
    ours: {
      peer: ['HTTP/1.1 101 Switching Protocols', 'frame 88 plain 1007', 'end'],
      socket: [
        'error Error Z_DATA_ERROR a compressed message cannot be inflated [2]',
        'close 1006 Buffer() [3]',
      ],
    },
  },
  'client: sends in fragments with compression': {
    why: 'what is sent in fragments is not compressed',
    ws: {
      callback: ['first nothing', 'last nothing'],
      peer: [
        'frame 41 masked Buffer(The quick brown fox jumps over the lazy dog. )',
        'frame 80 masked Buffer(The quick brown fox jumps over the lazy dog. )',
      ],
      socket: ['open [1]'],
    },
    ours: {
      callback: ['first nothing', 'last nothing'],
      peer: [
        'frame 1 masked Buffer(The quick brown fox jumps over the lazy dog. )',
        'frame 80 masked Buffer(The quick brown fox jumps over the lazy dog. )',
      ],
      socket: ['open [1]'],
    },
  },
  'client: sends what does not get smaller': {
    why: 'it goes as it is',
    ws: { callback: ['x nothing'], peer: ['frame c1 masked Buffer(x)'], socket: ['open [1]'] },
    ours: { callback: ['x nothing'], peer: ['frame 81 masked Buffer(x)'], socket: ['open [1]'] },
  },
  'client: is sent what is no DEFLATE': {
    why: 'the words are ours, not those of zlib',
    ws: {
      peer: ['frame 88 masked 1007', 'end'],
      socket: [
        'open [1]',
        'error Error Z_DATA_ERROR invalid block type [2]',
        'close 1006 Buffer() [3]',
      ],
    },
    ours: {
      peer: ['frame 88 masked 1007', 'end'],
      socket: [
        'open [1]',
        'error Error Z_DATA_ERROR a compressed message cannot be inflated [2]',
        'close 1006 Buffer() [3]',
      ],
    },
  },
};
