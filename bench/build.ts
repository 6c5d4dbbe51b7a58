/**
 * What the bench makes for itself: the load and the raw server from C++, a certificate, payloads. All of it in `.build/bench`.
 * In: the sources beside this file. Out: paths. Fails: throws with what is missing and how to get it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { jsonText, publishMessage } from './payloads.ts';

const sources = fileURLToPath(new URL('load/', import.meta.url));
const out = fileURLToPath(new URL('../.build/bench/made/', import.meta.url));

export interface Tools {
  readonly load: string;
  readonly rawServer: string;
  readonly hasTls: boolean;
  readonly key: string;
  readonly cert: string;
}

/** The files that scenarios name. */
export const files = {
  /** 300 bytes of JSON, compressed as permessage-deflate has it (RFC 7692 §7.2.1). */
  deflated: join(out, 'deflated.bin'),
  publish: join(out, 'publish.json'),
} as const;

export function buildTools(): Tools {
  mkdirSync(out, { recursive: true });
  writeFileSync(files.deflated, deflateRawSync(jsonText, { finishFlush: 2 }).subarray(0, -4));
  writeFileSync(files.publish, publishMessage);
  const hasTls = existsSync('/usr/include/openssl/ssl.h');
  const tls = hasTls ? ['-DWITH_TLS', '-lssl', '-lcrypto'] : [];
  const key = join(out, 'key.pem');
  const cert = join(out, 'cert.pem');
  if (hasTls && !existsSync(cert)) {
    run('openssl', certificateArguments(key, cert), 'openssl');
  }
  return {
    load: compile('load.cpp', hasTls ? 'load-tls' : 'load', tls),
    rawServer: compile('raw-server.cpp', 'raw-server', []),
    hasTls,
    key,
    cert,
  };
}

function compile(source: string, name: string, more: readonly string[]): string {
  const binary = join(out, name);
  const newest = Math.max(...readdirSync(sources).map((file) => changedMs(join(sources, file))));
  if (!existsSync(binary) || changedMs(binary) < newest) {
    run('g++', ['-std=c++17', '-O2', join(sources, source), '-o', binary, ...more], 'g++');
  }
  return binary;
}

function changedMs(path: string): number {
  return statSync(path).mtimeMs;
}

function run(program: string, args: readonly string[], from: string): void {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) {
    throw new Error(`${program} is missing: as root, apt-get install ${from}`);
  }
  if (status !== 0) {
    throw new Error(`${program} failed: ${stderr}`);
  }
}

function certificateArguments(key: string, cert: string): readonly string[] {
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const made = ['-keyout', key, '-out', cert, '-days', '3650', '-subj', '/CN=localhost'];
  return ['req', '-x509', ...kind, ...made];
}
