/**
 * Coverage: a copy of the sources in which every statement, branch and function counts how often it is reached.
 * In: the folders src/ground and src/protocol. Out: their modules, and one flat array with all the counters. Fails: when what
 * the instrumenter writes no longer looks as it did.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createInstrumenter } from 'istanbul-lib-instrument';
import type { Subject } from './subject.ts';
