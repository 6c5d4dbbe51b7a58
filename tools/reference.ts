import { writeFileSync, readFileSync } from 'node:fs';
import { errorTable, errorTableFile } from './reference/error-table.ts';
writeFileSync(errorTableFile, errorTable(readFileSync('docs/3-reference/errors.md','utf8')));
