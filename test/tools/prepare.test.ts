import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isInstalled, type Machine, makePlan, needs, runtimes } from '../../tools/prepare.ts';

const whole: Machine = {
  nodeVersion: '20.19.0',
  isRoot: true,
  isDebian: true,
  missing: [],
  brokenRuntimes: [],
};
const browser = needs.find((need) => need.package === 'chromium')!;
const python = needs.find((need) => need.package === 'python3-aiohttp')!;
const fonts = needs.find((need) => need.package === 'fonts-dejavu-core')!;

describe('what the full suite needs', () => {
  it('where everything is there, nothing is done', () => {
    expect(makePlan(whole)).toEqual({ install: [], lines: [], isRefused: false });
    expect(makePlan({ ...whole, isRoot: false, isDebian: false }).isRefused).toBe(false);
  });

  it('as root on Debian what is missing is installed, saying what and why', () => {
    expect(makePlan({ ...whole, missing: [browser, python] })).toEqual({
      install: ['chromium', 'python3-aiohttp'],
      lines: [
        'installing chromium, for the test of two tabs, interoperability and pictures of pages',
        'installing python3-aiohttp, for interoperability with another implementation that is not ours',
      ],
      isRefused: false,
    });
  });

  it('without root it is named, with the command', () => {
    expect(makePlan({ ...whole, isRoot: false, missing: [browser, python, fonts] })).toEqual({
      install: [],
      lines: [
        'missing: the program chromium, for the test of two tabs, interoperability and pictures of pages',
        'missing: the Python module aiohttp, for interoperability with another implementation that is not ours',
        'missing: fonts-dejavu-core (/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf), for text that can be read in pictures of pages',
        'as root: apt-get install --no-install-recommends chromium python3-aiohttp fonts-dejavu-core',
      ],
      isRefused: true,
    });
  });

  it('elsewhere than on Debian it is named, root or not', () => {
    const { install, lines, isRefused } = makePlan({
      ...whole,
      isDebian: false,
      missing: [browser],
    });
    expect(install).toEqual([]);
    expect(lines.at(-1)).toBe('on Debian they are: chromium; elsewhere install what has them');
    expect(isRefused).toBe(true);
  });

  it('a runtime that does not run is a refusal, and nothing is installed before', () => {
    expect(makePlan({ ...whole, missing: [browser], brokenRuntimes: ['bun'] })).toEqual({
      install: [],
      lines: ['bun does not run: try `npm rebuild bun`'],
      isRefused: true,
    });
  });

  for (const [nodeVersion, isRefused] of [
    ['18.20.8', true],
    ['20.18.3', true],
    ['20.19.0', false],
    ['22.0.0', false],
    ['9.99.0', true],
  ] as const) {
    it(`Node ${nodeVersion} is ${isRefused ? 'too old' : 'new enough'}`, () => {
      expect(makePlan({ ...whole, nodeVersion }).isRefused).toBe(isRefused);
    });
  }

  it('each need has a package of its own and a reason', () => {
    expect(new Set(needs.map((need) => need.package)).size).toBe(needs.length);
    expect(needs.filter(({ why }) => why === '')).toEqual([]);
    expect(runtimes).toEqual(['bun', 'deno']);
  });
});

describe('packages of an example', () => {
  it('are installed when npm has been there since the lockfile was written', () => {
    const folder = mkdtempSync(join(tmpdir(), 'prepare-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    expect(isInstalled(folder)).toBe(false);
    const [locked, installed] = ['package-lock.json', 'node_modules/.package-lock.json'].map(
      (name) => join(folder, name),
    );
    writeFileSync(locked!, '{}');
    expect(isInstalled(folder)).toBe(false);
    mkdirSync(join(folder, 'node_modules'));
    writeFileSync(installed!, '{}');
    utimesSync(locked!, 1, 1);
    utimesSync(installed!, 2, 2);
    expect(isInstalled(folder)).toBe(true);
    utimesSync(locked!, 3, 3);
    expect(isInstalled(folder)).toBe(false);
  });
});
