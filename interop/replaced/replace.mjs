/**
 * Given to Node by `--import`: from here on ws is `tautline/ws`, for `import` and for `require`, at any depth.
 */
import Module, { createRequire, register } from 'node:module';
import { fileURLToPath } from 'node:url';

const door = import.meta.resolve('tautline/ws');
register('./hooks.mjs', import.meta.url, { data: door });

const path = fileURLToPath(door);
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  return request === 'ws' ? path : resolveFilename.call(this, request, ...rest);
};

// Before a program says that all went well: nobody may have found a way to ws.
const log = console.log;
console.log = (...words) => {
  const found = Object.keys(Module._cache).find((file) => /node_modules.ws.lib/.test(file));
  if (found !== undefined) {
    throw new Error(`${found} was loaded`);
  }
  log(...words);
};

if (createRequire(import.meta.url)('ws') !== (await import('tautline/ws')).default) {
  throw new Error('ws was not replaced');
}
