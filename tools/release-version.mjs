#!/usr/bin/env node
// `pnpm release:version`: changesets become entries of the changelogs and the next version of all packages, also in the
// source files that print it.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = process.argv[2] ?? join(import.meta.dirname, '..');
const changeset = join(import.meta.dirname, '../node_modules/.bin/changeset');
const { status } = spawnSync(changeset, ['version'], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

for (const app of ['apps/tctl', 'apps/tc-runtime']) {
  const { version } = JSON.parse(readFileSync(join(root, app, 'package.json'), 'utf8'));
  const file = join(root, app, 'src/version.ts');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/version = '[^']*'/, `version = '${version}'`));
}
