/**
 * What the full suite needs besides the project's npm packages: real browsers, foreign implementations, certificates, packages of examples.
 * In: the machine. Out: everything is there, installed by apt where that may be done (as root on Debian) and by npm, and exit code 0;
 * or the name of each thing that is missing and how to get it, and 1. Nothing is skipped.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A program on the path, a module of Debian's Python, or a file. */
type Sign =
  | { readonly program: string }
  | { readonly pythonModule: string }
  | { readonly file: string };

export interface Need {
  readonly sign: Sign;
  /** The Debian package that has it. */
  readonly package: string;
  readonly why: string;
}

export const needs: readonly Need[] = [
  {
    sign: { program: 'chromium' },
    package: 'chromium',
    why: 'the test of two tabs, interoperability and pictures of pages',
  },
  {
    sign: { program: 'firefox-esr' },
    package: 'firefox-esr',
    why: 'interoperability with a second browser engine',
  },
  {
    sign: { pythonModule: 'websockets' },
    package: 'python3-websockets',
    why: 'interoperability with an implementation that is not ours',
  },
  {
    sign: { pythonModule: 'aiohttp' },
    package: 'python3-aiohttp',
    why: 'interoperability with another implementation that is not ours',
  },
  {
    sign: { program: 'tinyproxy' },
    package: 'tinyproxy',
    why: 'connections through a proxy that is not ours',
  },
  {
    sign: { program: 'nginx' },
    package: 'nginx',
    why: 'websockets behind a proxy that is not ours',
  },
  {
    sign: { program: 'haproxy' },
    package: 'haproxy',
    why: 'websockets behind another proxy that is not ours',
  },
  {
    sign: { program: 'redis-server' },
    package: 'redis-server',
    why: 'the ports of delivery on Redis',
  },
  {
    sign: { program: 'nats-server' },
    package: 'nats-server',
    why: 'the ports of delivery on NATS JetStream',
  },
  {
    sign: { file: '/usr/lib/rabbitmq/bin/rabbitmq-server' },
    package: 'rabbitmq-server',
    why: 'the ports of delivery on RabbitMQ',
  },
  {
    sign: { program: 'openssl' },
    package: 'openssl',
    why: 'certificates for connections over TLS',
  },
  {
    sign: { program: 'g++' },
    package: 'g++',
    why: 'the load of the bench',
  },
  {
    sign: { file: '/usr/include/openssl/ssl.h' },
    package: 'libssl-dev',
    why: 'the load of the bench over TLS',
  },
  {
    sign: { file: '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf' },
    package: 'fonts-dejavu-core',
    why: 'text that can be read in pictures of pages',
  },
];

/** Runtimes that npm brings. Their packages run a script on install, which may have been refused. */
export const runtimes: readonly string[] = ['bun', 'deno'];

/** Examples whose packages are too large for everybody's `npm ci`. */
export const ownPackages: readonly string[] = ['examples/next'];

export interface Machine {
  /** Such as `20.19.0`. */
  readonly nodeVersion: string;
  readonly isRoot: boolean;
  readonly isDebian: boolean;
  readonly missing: readonly Need[];
  readonly brokenRuntimes: readonly string[];
}

export interface Plan {
  /** Debian packages to install now. */
  readonly install: readonly string[];
  /** What to tell before that. */
  readonly lines: readonly string[];
  /** Whether the full suite cannot run, whatever is installed. */
  readonly isRefused: boolean;
}

/** Decides; installs nothing. */
export function makePlan(machine: Machine): Plan {
  const { missing, nodeVersion, brokenRuntimes } = machine;
  const mayInstall = machine.isRoot && machine.isDebian;
  const troubles = [
    ...(isAtLeast(nodeVersion, 20, 19)
      ? []
      : [`Node ${nodeVersion} is too old: install Node 20.19 or newer`]),
    ...brokenRuntimes.map((name) => `${name} does not run: try \`npm rebuild ${name}\``),
    ...(mayInstall ? [] : missing.map((need) => `missing: ${nameOf(need)}, for ${need.why}`)),
  ];
  if (!mayInstall && missing.length > 0) {
    const packages = missing.map((need) => need.package).join(' ');
    troubles.push(
      machine.isDebian
        ? `as root: apt-get install --no-install-recommends ${packages}`
        : `on Debian they are: ${packages}; elsewhere install what has them`,
    );
  }
  if (troubles.length > 0) {
    return { install: [], lines: troubles, isRefused: true };
  }
  return {
    install: missing.map((need) => need.package),
    lines: missing.map((need) => `installing ${need.package}, for ${need.why}`),
    isRefused: false,
  };
}

function nameOf({ sign, package: from }: Need): string {
  if ('program' in sign) {
    return `the program ${sign.program}`;
  }
  return 'file' in sign ? `${from} (${sign.file})` : `the Python module ${sign.pythonModule}`;
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor === major ? ownMinor >= minor : ownMajor > major;
}

function readMachine(): Machine {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return {
    nodeVersion: process.versions.node,
    isRoot: process.getuid?.() === 0,
    isDebian: /^ID=debian$/m.test(release),
    missing: needs.filter(({ sign }) => !isThere(sign)),
    brokenRuntimes: runtimes.filter((name) => !runs(binOf(name), '--version')),
  };
}

function isThere(sign: Sign): boolean {
  if ('file' in sign) {
    return existsSync(sign.file);
  }
  if ('pythonModule' in sign) {
    return runs('/usr/bin/python3', '-c', `import ${sign.pythonModule}`);
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, sign.program)));
}

function binOf(name: string): string {
  return fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));
}

function runs(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/** Gives whether apt did it. */
function install(packages: readonly string[]): boolean {
  const apt = (...args: readonly string[]): boolean =>
    spawnSync('apt-get', args, {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  return apt('update') && apt('install', '-y', '--no-install-recommends', ...packages);
}

function inProject(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

/** Whether npm has installed there what the lockfile says now. */
export function isInstalled(folder: string): boolean {
  const [installed, locked] = ['node_modules/.package-lock.json', 'package-lock.json'].map((name) =>
    statSync(join(folder, name), { throwIfNoEntry: false }),
  );
  return installed !== undefined && locked !== undefined && installed.mtimeMs >= locked.mtimeMs;
}

/** Gives whether npm did it. Not by `npm ci`: its lockfile names our own packages too, and it would refuse when those have changed. */
function installPackages(folder: string): boolean {
  console.log(`installing the packages of ${folder}`);
  return (
    spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund'], {
      cwd: inProject(folder),
      stdio: 'inherit',
    }).status === 0
  );
}

/** Gives the exit code. */
function prepare(): number {
  const plan = makePlan(readMachine());
  for (const line of plan.lines) {
    console.log(line);
  }
  if (plan.isRefused) {
    return 1;
  }
  if (plan.install.length > 0 && !install(plan.install)) {
    console.log(`apt-get could not install ${plan.install.join(' ')}: see what it says above`);
    return 1;
  }
  const left = needs.filter(({ sign }) => !isThere(sign));
  for (const need of left) {
    console.log(`still missing after the installation: ${nameOf(need)} of ${need.package}`);
  }
  if (left.length > 0) {
    return 1;
  }
  const refused = ownPackages.filter(
    (folder) => !isInstalled(inProject(folder)) && !installPackages(folder),
  );
  if (refused.length > 0) {
    console.log(
      `npm could not install the packages of ${refused.join(' ')}: see what it says above`,
    );
    return 1;
  }
  console.log(`${needs.length + runtimes.length + ownPackages.length} needs are met`);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = prepare();
}
