import { describe, expect, it } from 'vitest';
import { readFieldSection } from '../../../src/protocol/handshake/field-section.ts';
import { prototypeNames } from './prototype-names.ts';

describe('RFC 9113 §8.3 fields of a request', () => {
  it('pseudo-fields are apart from the others, and the authority is the host', () => {
    const { headers, ...line } = readFieldSection([
      ':method',
      'CONNECT',
      ':protocol',
      'websocket',
      ':scheme',
      'https',
      ':path',
      '/chat?room=1',
      ':authority',
      'acme.dev:8443',
      'origin',
      'https://acme.dev',
    ]);
    expect(line).toEqual({
      method: 'CONNECT',
      protocol: 'websocket',
      scheme: 'https',
      target: '/chat?room=1',
    });
    expect(headers.one('host')).toBe('acme.dev:8443');
    expect(headers.one('origin')).toBe('https://acme.dev');
    expect(headers.count).toBe(2);
  });

  it('what is not there is empty', () => {
    const { headers, ...line } = readFieldSection([]);
    expect(line).toEqual({ method: '', protocol: undefined, scheme: '', target: '' });
    expect(headers.count).toBe(0);
  });

  it('§8.3.1: a host that says the same is the same; another one makes two', () => {
    const ask = (host: string): string[] =>
      readFieldSection([':authority', 'acme.dev', 'host', host]).headers.all('host');
    expect(ask('acme.dev')).toEqual(['acme.dev']);
    expect(ask('evil.example')).toEqual(['acme.dev', 'evil.example']);
    expect(readFieldSection(['host', 'acme.dev']).headers.one('host')).toBe('acme.dev');
  });

  it('§8.2.3: crumbs of cookies are one field again', () => {
    const { headers } = readFieldSection(['cookie', 'a=1', 'x', 'y', 'cookie', 'b=2; c=3']);
    expect(headers.all('cookie')).toEqual(['a=1; b=2; c=3']);
    expect(headers.one('x')).toBe('y');
  });

  it('A2: names are no keys of an object', () => {
    const raw = prototypeNames.flatMap((name) => [name, 'a', `:${name}`, 'b']);
    const { headers, method } = readFieldSection(raw);
    expect(headers.one('__proto__')).toBe('a');
    expect(method).toBe('');
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
