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
};
