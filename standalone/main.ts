#!/usr/bin/env node
/**
 * `tautline`: the command. In: what was typed. Out: a server that runs. Fails: with one line that says what to do, and exit
 * code 1.
 */
import { Command } from 'commander';
import { addStart } from './commands/start.ts';

const program = new Command('tautline').description(
  'The Tautline server: WebSocket with delivery that is guaranteed',
);

addStart(program);

try {
  await program.parseAsync();
} catch (error) {
  console.error(`tautline: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
