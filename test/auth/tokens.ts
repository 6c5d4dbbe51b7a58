/**
 * Tokens as an issuer makes them, and as nobody should: by hand, so that anything can be written and signed.
 */
import {
  constants,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import type { JwtFault } from '../../src/auth/index.ts';

export const wallMs = 1_700_000_000_000;
export const nowSeconds: number = wallMs / 1_000;
export const issuer = 'https://accounts.example';
export const audience = 'chat';

export interface BadToken {
  readonly name: string;
  readonly token: string;
  readonly fault: JwtFault;
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const shortRsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');

export const pairs = { rsa, otherRsa, shortRsa, ec, ed };
export const secret: Buffer = randomBytes(32);

export const goodClaims = {
  iss: issuer,
  aud: audience,
  sub: 'ann',
  iat: nowSeconds - 60,
  exp: nowSeconds + 600,
};

export type Signer = (input: string) => Buffer;

export const by = {
  rsa: (key: KeyObject = rsa.privateKey): Signer => {
    return (input) => sign('sha256', Buffer.from(input), key);
  },
  pss: (): Signer => (input) =>
    sign('sha256', Buffer.from(input), {
      key: rsa.privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: 32,
    }),
  ec: (dsaEncoding: 'der' | 'ieee-p1363' = 'ieee-p1363'): Signer => {
    return (input) => sign('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding });
  },
  ed: (): Signer => (input) => sign(null, Buffer.from(input), ed.privateKey),
  secret: (key: Buffer | string = secret): Signer => {
    return (input) => createHmac('sha256', key).update(input).digest();
  },
  nobody: (): Signer => () => Buffer.alloc(0),
  /** 256 bytes, as many as a signature of RSA has. */
  chance: (): Signer => () => randomBytes(256),
};

export const rsaHeader = { alg: 'RS256', kid: 'rsa', typ: 'JWT' };

/** Objects become JSON; text stays as it is, so that it may be anything. */
export function token(
  header: object | string = rsaHeader,
  claims: object | string | Buffer = goodClaims,
  signer: Signer = by.rsa(),
): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${signer(input).toString('base64url')}`;
}

export function encode(part: object | string | Buffer): string {
  const bytes = typeof part === 'string' || Buffer.isBuffer(part) ? part : JSON.stringify(part);
  return Buffer.from(bytes as string).toString('base64url');
}
