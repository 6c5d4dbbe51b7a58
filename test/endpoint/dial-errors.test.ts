import { describe, expect, it } from 'vitest';
import {
  aborted,
  broken,
  late,
  lost,
  refused,
  unreachable,
} from '../../src/endpoint/dial-errors.ts';

const coded = (code: string, message = code): Error => Object.assign(new Error(message), { code });

describe('why a dialling came to nothing', () => {
  it.each([
    [500, true],
    [503, true],
    [429, true],
    [499, false],
    [407, false],
    [302, false],
    [undefined, false],
  ])('a refusal with %s: retryable %s', (status, retryable) => {
    for (const code of ['HANDSHAKE_REFUSED', 'PROXY_REFUSED'] as const) {
      expect(refused(code, 'no', { status })).toMatchObject({ code, status, retryable });
    }
    expect(refused('PROXY_REFUSED', 'no', { fault: 'HEAD_MALFORMED' })).toMatchObject({
      fault: 'HEAD_MALFORMED',
      status: undefined,
    });
  });

  it('nobody there may change; a certificate that was refused will not', () => {
    const cause = coded('ECONNREFUSED', '');
    const error = unreachable({}, cause);
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', retryable: true, cause });
    expect(error.message).toBe('ECONNREFUSED');
    expect(unreachable({ authorizationError: 'x' }, cause).retryable).toBe(false);
    expect(unreachable({ authorizationError: null }, cause).retryable).toBe(true);
  });

  it.each([
    'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
    'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
    'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
    'ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE',
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  ])('RFC 8446 §6.2 %s is a refusal of our certificate, before or after we are through', (code) => {
    for (const error of [unreachable({}, coded(code)), broken({}, coded(code))]) {
      expect(error).toMatchObject({ code: 'CONNECT_FAILED', retryable: false });
    }
  });

  it.each(['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'ECONNRESET', 'EPIPE'])(
    '%s on a connected socket is a loss',
    (code) => {
      expect(broken({}, coded(code))).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
    },
  );

  it('time that is over may be enough the next time; who gave up wanted it so', () => {
    expect(late(5)).toMatchObject({ code: 'HANDSHAKE_TOO_LATE', retryable: true });
    expect(lost('gone', 'why')).toMatchObject({ code: 'CONNECTION_LOST', cause: 'why' });
    expect(aborted(AbortSignal.abort('enough'))).toMatchObject({
      code: 'DIAL_ABORTED',
      retryable: false,
      cause: 'enough',
    });
  });
});
