/**
 * Which proxy a connection goes through, if any.
 * In: what the application chose, where to, and the environment. Out: the proxy. Fails: `OPTION_INVALID`, thrown.
 */
import { UsageError } from '../protocol/index.ts';
import { basicAuthorization } from './address.ts';
import { type Environment, proxyFromEnvironment } from './proxy-environment.ts';

export interface ProxyServer {
  /** Spoken to over TLS. */
  readonly secure: boolean;
  /** A name, or an IP address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** For it alone (THREATS A11). */
  readonly authorization: string | undefined;
}

/** @throws {UsageError} `OPTION_INVALID` */
export function readProxy(
  chosen: string | URL | false | undefined,
  target: { readonly secure: boolean; readonly hostname: string },
  environment: Environment,
): ProxyServer | undefined {
  const url = chosen === 'environment' ? proxyFromEnvironment(target, environment) : chosen;
  if (url === undefined || url === false) {
    return undefined;
  }
  if (!URL.canParse(String(url))) {
    throw new UsageError('OPTION_INVALID', 'the URL of the proxy cannot be read');
  }
  const parsed = new URL(url);
  const secure = parsed.protocol === 'https:';
  if (!secure && parsed.protocol !== 'http:') {
    throw new UsageError('OPTION_INVALID', `a proxy is http: or https:, not ${parsed.protocol}`);
  }
  return {
    secure,
    hostname: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? (secure ? 443 : 80) : Number(parsed.port),
    authorization: basicAuthorization(parsed),
  };
}
