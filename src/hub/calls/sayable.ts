/**
 * What the application's own code wants to say to clients: any JSON value, or bytes, up to a size; and its word for what that is.
 * In: a value, or a word. Out: nothing. Fails: DATA_INVALID, DATA_TOO_LARGE, EVENT_INVALID, as a HubUsageError.
 */
import { isDeeperThan, maxClientDepth, messageLimits } from '../../wire/index.ts';
import { isLonger, jsonText } from '../data.ts';
import { HubUsageError } from '../usage-error.ts';

/** @throws {HubUsageError} `DATA_INVALID`, `DATA_TOO_LARGE` */
export function requireSayable(data: unknown, maxBytes: number): void {
  if (data instanceof Uint8Array) {
    refuseLarge(data.length > maxBytes, maxBytes);
    return;
  }
  const text = jsonText(data);
  if (text === undefined) {
    throw new HubUsageError('DATA_INVALID', 'data must be a JSON value, or bytes');
  }
  refuseLarge(isLonger(text, maxBytes), maxBytes);
  // Beside the message that carries it: clients read no deeper.
  if (isDeeperThan(maxClientDepth - 1, text)) {
    throw new HubUsageError('DATA_INVALID', `data may nest ${maxClientDepth - 1} deep`);
  }
}

/** @throws {HubUsageError} `EVENT_INVALID` */
export function requireEvent(event: string | undefined): void {
  const { eventLength } = messageLimits;
  if (event !== undefined && (event === '' || event.length > eventLength)) {
    throw new HubUsageError('EVENT_INVALID', `an event has 1 to ${eventLength} characters`);
  }
}

function refuseLarge(isLarge: boolean, maxBytes: number): void {
  if (isLarge) {
    throw new HubUsageError('DATA_TOO_LARGE', `data may have ${maxBytes} bytes`);
  }
}
