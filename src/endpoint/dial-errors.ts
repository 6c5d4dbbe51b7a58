/**
 * Why a dialling comes to nothing, in the words of `ConnectionError`.
 * In: what happened. Out: the error to reject with.
 */
import { ConnectionError, type ConnectionErrorCode } from './errors.ts';

export function lost(message: string, cause?: unknown): ConnectionError {
  return new ConnectionError('CONNECTION_LOST', message, { retryable: true, cause });
}

export function late(withinMs: number): ConnectionError {
  return new ConnectionError('HANDSHAKE_TOO_LATE', `no websocket within ${withinMs} ms`, {
    retryable: true,
  });
}

export function aborted(signal: AbortSignal): ConnectionError {
  return new ConnectionError('DIAL_ABORTED', 'the dialling was aborted', {
    retryable: false,
    cause: signal.reason,
  });
}

/** Somebody answered, and it opens nothing. */
export function refused(
  code: ConnectionErrorCode & `${string}_REFUSED`,
  message: string,
  { fault, status }: { readonly fault?: string; readonly status?: number | undefined },
): ConnectionError {
  // Who is busy or broken may be well later; who says no will say no again.
  const retryable = status !== undefined && (status >= 500 || status === 429);
  const details = fault === undefined ? {} : { fault };
  return new ConnectionError(code, message, { retryable, status, ...details });
}

/** There never was a connection. A certificate that was refused, theirs or ours, will be refused again. */
export function unreachable(socket: object, cause: Error): ConnectionError {
  // When every address of a host was tried in vain, Node leaves the message empty.
  const message = cause.message || codeOf(cause);
  const isTheirs = 'authorizationError' in socket && Boolean(socket.authorizationError);
  const retryable = !isTheirs && !isOurCertificateRefused(cause);
  return new ConnectionError('CONNECT_FAILED', message, { retryable, cause });
}

/** What broke a socket that was connected. With TLS 1.3 a server looks at our certificate after we are through. */
export function broken(socket: object, cause: Error): ConnectionError {
  return isOurCertificateRefused(cause) ? unreachable(socket, cause) : lost(cause.message, cause);
}

/** Alerts by which a server says that it does not let us in (RFC 8446 §6.2), as OpenSSL names them. */
const refusingAlerts =
  /^ERR_SSL_.*ALERT_(HANDSHAKE_FAILURE|ACCESS_DENIED|UNKNOWN_CA|NO_CERTIFICATE|(BAD_|UNSUPPORTED_)?CERTIFICATE.*)$/;

function isOurCertificateRefused(cause: Error): boolean {
  return refusingAlerts.test(codeOf(cause));
}

function codeOf(cause: Error): string {
  return String((cause as NodeJS.ErrnoException).code);
}
