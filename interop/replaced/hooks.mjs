/** Wherever a program, or a package that it uses, imports ws, it gets `tautline/ws`: as a package named ws of ours would be. */
let door;

export function initialize(url) {
  door = url;
}

export function resolve(specifier, context, next) {
  return specifier === 'ws' ? { url: door, shortCircuit: true } : next(specifier, context);
}
