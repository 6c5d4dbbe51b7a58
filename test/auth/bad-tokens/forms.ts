/**
 * Tokens that are wrong before anything in them is read.
 */
import { type BadToken, by, encode, goodClaims, rsaHeader, token } from '../tokens.ts';

const good = token();
const [header, claims, signature] = good.split('.') as [string, string, string];
const json = JSON.stringify(goodClaims);
const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** Another last character that has the same bytes: its lowest bits mean nothing. */
function alias(part: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return part.slice(0, -1) + alphabet[alphabet.indexOf(part.at(-1)!) ^ 1]!;
}

export const forms: readonly BadToken[] = [
  ['nothing', ''],
  ['a space', ' '],
  ['no token at all', 'ann'],
  ['only dots', '..'],
  ['four dots, as encrypted ones have', `${good}.${signature}.${signature}`],
  ['four parts', `${good}.${signature}`],
  ['two parts', `${header}.${claims}`],
  ['an empty signature', `${header}.${claims}.`],
  ['an empty header', `.${claims}.${signature}`],
  ['an empty payload', `${header}..${signature}`],
  ['a space before it', ` ${good}`],
  ['a line feed behind it', `${good}\n`],
  ['a line feed within', `${header}.\n${claims}.${signature}`],
  ['a zero byte behind it', `${good}\0`],
  ['Bearer before it', `Bearer ${good}`],
  ['padding', `${header}.${claims}.${signature}==`],
  ['letters of plain base64', `${header}.${claims}.${signature.slice(0, -2)}+/`],
  ['a percent sign', good.replaceAll('.', '%2e')],
  ['full-width dots', good.replaceAll('.', '．')],
  ['bits behind the last byte of the signature', `${header}.${claims}.${alias(signature)}`],
  ['a signature of one character', `${header}.${claims}.A`],
  ['cut in the signature, to no whole byte', good.slice(0, -(signature.length - 5))],
  ['cut in the payload', good.slice(0, header.length + 9)],
  ['cut in the header', good.slice(0, 9)],
  ['8,193 characters', token(rsaHeader, { ...goodClaims, pad: 'x'.repeat(8_192) })],
  ['JSON of the other serialisation', JSON.stringify({ protected: header, payload: claims })],
  ['a header that is no JSON', token('alg=RS256')],
  ['a header that is text', token('"RS256"')],
  ['a header that is a list', token(JSON.stringify([rsaHeader]))],
  ['a header that is null', token('null')],
  ['a header with a byte order mark', token(`\ufeff${JSON.stringify(rsaHeader)}`)],
  ['a payload that is no JSON', token(rsaHeader, 'sub=ann')],
  ['a payload that is a number', token(rsaHeader, '1')],
  ['a payload that is a list', token(rsaHeader, `[${json}]`)],
  ['a payload that is null', token(rsaHeader, 'null')],
  ['a payload with something behind it', token(rsaHeader, `${json}{}`)],
  ['a payload with a comment', token(rsaHeader, `/**/${json}`)],
  ['a payload that is no UTF-8', token(rsaHeader, Buffer.from([...Buffer.from(json), 0xff]))],
  [
    'a name that is no UTF-8',
    token(rsaHeader, Buffer.from(json.replace('ann', 'a\u00ff'), 'latin1')),
  ],
  ['a payload that is NaN', token(rsaHeader, json.replace(/"exp":\d+/, '"exp":NaN'))],
  ['a payload nested 1,000 deep', token(rsaHeader, json.replace('{', `{"a":${deep(1_000)},`))],
  ['a payload nested 17 deep', token(rsaHeader, json.replace('{', `{"a":${deep(16)},`))],
  ['a claim twice', token(rsaHeader, json.replace('{', '{"sub":"root",'))],
  ['a claim twice, once escaped', token(rsaHeader, json.replace('{', '{"\\u0073ub":"root",'))],
  ['exp twice', token(rsaHeader, json.replace('{', '{"exp":1,'))],
  ['a claim twice, further within', token(rsaHeader, json.replace('{', '{"a":[{"b":1,"b":2}],'))],
  ['alg twice', token('{"alg":"none","alg":"RS256","kid":"rsa"}')],
  ['alg twice, the other way round', token('{"alg":"RS256","kid":"rsa","alg":"none"}')],
  ['kid twice', token('{"alg":"RS256","kid":"rsa","kid":"ec"}')],
  ['a token as the payload', token(rsaHeader, good)],
  ['a token whose header is a token', `${encode(good)}.${claims}.${signature}`],
  ['nobody as signer', token({ alg: 'none' }, goodClaims, by.nobody())],
].map(([name, text]) => ({ name: name!, token: text!, fault: 'TOKEN_MALFORMED' }));
