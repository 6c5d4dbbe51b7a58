/**
 * The proxy that the environment names, as curl reads it (curl(1), section ENVIRONMENT).
 * In: variables, and where to. Out: the proxy's URL, or none. Cannot fail: whether it is a URL is for others to say.
 */
import { BlockList, isIP } from 'node:net';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Target {
  readonly secure: boolean;
  /** A name, or an IP address without brackets. */
  readonly hostname: string;
}

export function proxyFromEnvironment(
  { secure, hostname }: Target,
  environment: Environment,
): string | undefined {
  const first = (...names: readonly string[]): string | undefined =>
    names.map((name) => environment[name]).find((value) => value !== undefined && value !== '');
  // Never HTTP_PROXY in capitals: a CGI program has there what a client sent as the field `Proxy` (httpoxy, CVE-2016-5385).
  const own = secure ? first('https_proxy', 'HTTPS_PROXY') : first('http_proxy');
  const url = own ?? first('all_proxy', 'ALL_PROXY');
  if (url === undefined || isExempt(hostname, first('no_proxy', 'NO_PROXY') ?? '')) {
    return undefined;
  }
  return url.includes('://') ? url : `http://${url}`;
}

/** Whether one of `list`, between commas or blanks, is `hostname`, a domain it is in, or a block of addresses it is in. */
function isExempt(hostname: string, list: string): boolean {
  if (list.trim() === '*') {
    return true;
  }
  const name = withoutEndDot(hostname.toLowerCase());
  return list
    .toLowerCase()
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .some((entry) => (isIP(name) > 0 ? isInBlock(name, entry) : isInDomain(name, entry)));
}

function isInDomain(name: string, entry: string): boolean {
  const domain = withoutEndDot(entry.startsWith('.') ? entry.slice(1) : entry);
  return domain !== '' && (name === domain || name.endsWith(`.${domain}`));
}

function isInBlock(address: string, entry: string): boolean {
  const [net = '', bits] = entry.replace(/^\[|\](?=\/|$)/g, '').split('/');
  const version = isIP(net);
  if (version !== isIP(address)) {
    return false;
  }
  const longest = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? longest : Number(bits);
  if (bits === '' || !Number.isInteger(prefix) || prefix < 0 || prefix > longest) {
    return false;
  }
  const block = new BlockList();
  const family = version === 4 ? 'ipv4' : 'ipv6';
  block.addSubnet(net, prefix, family);
  return block.check(address, family);
}

function withoutEndDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
