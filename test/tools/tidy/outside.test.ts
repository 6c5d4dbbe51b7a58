import { describe, expect, it } from 'vitest';
import { outside } from '../../../tools/tidy/outside.ts';
import { makeTree } from '../../../tools/tidy/tree.ts';

const wrongIn = (path: string, text: string): string[] =>
  outside(makeTree({ 'package.json': '{ "name": "house" }', [path]: text })).map(
    ({ file, line, wrong }) => `${file}:${line} ${wrong}`,
  );

describe('what comes from outside', () => {
  it('a room that knows Node imports node: modules', () => {
    expect(wrongIn('src/endpoint/a.ts', "import 'node:net';\nimport './b.ts';")).toEqual([]);
  });

  it('a room without Node imports none, not even a type', () => {
    expect(wrongIn('src/hub/a.ts', "\nimport type { Socket } from 'node:net';")).toEqual([
      'src/hub/a.ts:2 hub must run without Node, and imports node:net',
    ]);
    expect(wrongIn('src/wire/a.ts', "import 'fs/promises';")).toEqual([
      'src/wire/a.ts:1 wire must run without Node, and imports fs/promises',
    ]);
  });

  it("a module of Node's own has its prefix", () => {
    expect(wrongIn('src/endpoint/a.ts', "import 'net';")).toEqual([
      "src/endpoint/a.ts:1 net is a module of Node's own without its prefix",
    ]);
  });

  for (const room of ['protocol', 'endpoint', 'server']) {
    it(`${room} imports nothing from npm`, () => {
      expect(wrongIn(`src/${room}/a.ts`, "import type { WebSocket } from 'ws';")).toEqual([
        `src/${room}/a.ts:1 ws is an npm package`,
      ]);
    });
  }

  it('a room imports of npm what the table names for it, and no other room does', () => {
    expect(wrongIn('src/client/react/a.ts', "import { useRef } from 'react';")).toEqual([]);
    expect(wrongIn('src/client/react/a.ts', "import 'react-dom';")).toEqual([
      'src/client/react/a.ts:1 react-dom is an npm package',
    ]);
    expect(wrongIn('src/client/app/a.ts', "import { useRef } from 'react';")).toEqual([
      'src/client/app/a.ts:1 react is an npm package',
    ]);
  });

  it('a dynamic import and require are seen as well', () => {
    expect(wrongIn('src/brokers/a.ts', "const b = () => import('redis');")).toEqual([
      'src/brokers/a.ts:1 redis is an npm package',
    ]);
    expect(wrongIn('src/brokers/a.ts', "const b = require('redis');")).toEqual([
      'src/brokers/a.ts:1 redis is an npm package',
    ]);
  });

  it('an import must be readable', () => {
    expect(wrongIn('src/server/a.ts', 'const b = (name) => import(name);')).toEqual([
      'src/server/a.ts:1 an import of something computed',
    ]);
  });

  it('the package does not import itself by its name', () => {
    expect(wrongIn('src/server/a.ts', "import 'house/hub';")).toEqual([
      'src/server/a.ts:1 the package imports itself by its name, house/hub',
    ]);
  });

  it('a room without Node has no triple-slash directive', () => {
    expect(wrongIn('src/ground/a.ts', '\n/// <reference types="node" />\n')).toEqual([
      'src/ground/a.ts:2 a triple-slash directive in ground',
    ]);
    expect(wrongIn('src/ground/a.ts', '/// Three slashes alone are a comment.')).toEqual([]);
    expect(wrongIn('src/endpoint/a.ts', '/// <reference types="node" />')).toEqual([]);
  });

  it('tests and tools import what they like', () => {
    expect(wrongIn('test/hub/a.test.ts', "import 'node:fs';\nimport 'vitest';")).toEqual([]);
  });
});
