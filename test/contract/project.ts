/**
 * A project of one program, for the compiler and for its language server.
 * In: the program. Out: a folder, to be removed. From it `../../` leads to the root of this one.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export function makeProject(program: string): {
  readonly folder: string;
  readonly remove: () => void;
} {
  mkdirSync(join(root, '.build'), { recursive: true });
  const folder = mkdtempSync(join(root, '.build/contract-'));
  const config = {
    extends: '../../test/tsconfig.json',
    compilerOptions: {
      composite: false,
      emitDeclarationOnly: false,
      declaration: false,
      declarationMap: false,
      noEmit: true,
      rootDir: '../..',
      typeRoots: ['../../node_modules/@types'],
    },
    include: [],
    files: ['program.ts'],
    references: [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'program.ts'), program);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
