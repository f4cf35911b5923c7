#!/usr/bin/env node
// Checks that the arrows of docs/architecture.md hold: which package may use which, and that one file alone
// imports the FFI library. Reads package.json files and import statements; builds nothing.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Package directory -> the workspace packages that it may use. */
const arrows = {
  'packages/linux': [],
  'packages/core': ['@tc/linux'],
  'packages/images': ['@tc/linux'],
  'packages/monitor': ['@tc/linux'],
  'apps/tctl': ['@tc/core', '@tc/images', '@tc/monitor'],
  'apps/tc-runtime': ['@tc/core', '@tc/linux'],
};
const ffi = { library: 'koffi', file: 'packages/linux/src/libc.ts' };

const imports = /\b(?:from\s+|import\s*\(?\s*|require\s*\(\s*)['"]([@\w.][^'"\s]*)['"]/g;

const problems = [];
for (const [directory, allowed] of Object.entries(arrows)) {
  const manifest = JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'));
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  for (const name of declared.filter(isOurs)) {
    if (!allowed.includes(name)) problems.push(`${directory}/package.json: ${name} is not one of its arrows`);
  }
  for (const file of sources(join(root, directory, 'src'))) checkImports(file, allowed, declared);
}
for (const directory of directoriesIn('packages').concat(directoriesIn('apps'))) {
  if (!(directory in arrows))
    problems.push(`${directory}: not on the map; add it to this file and to the docs`);
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}

function checkImports(file, allowed, declared) {
  const path = relative(root, file);
  const text = readFileSync(file, 'utf8');
  // `from 'x'`, `import 'x'`, `import('x')`, `require('x')`; but not Buffer.from('x').
  for (const [, specifier] of text.matchAll(imports)) {
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
    if (specifier.startsWith('.')) {
      const target = relative(root, join(file, '..', specifier));
      const home = path.split('/').slice(0, 2).join('/');
      if (!target.startsWith(`${home}/`)) problems.push(`${path}: ${specifier} leaves the package`);
    } else if (isOurs(name) && !allowed.includes(name)) {
      problems.push(`${path}: imports ${name}, which is not one of its arrows`);
    } else if (name === ffi.library && path !== ffi.file) {
      problems.push(`${path}: only ${ffi.file} may import ${ffi.library}`);
    } else if (!specifier.startsWith('node:') && !declared.includes(name)) {
      problems.push(`${path}: ${name} is not declared in package.json`);
    }
  }
}

function isOurs(name) {
  return name.startsWith('@tc/') || name === 'tctl' || name === 'tc-runtime';
}

function directoriesIn(parent) {
  const entries = readdirSync(join(root, parent), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${parent}/${name}`);
}

function sources(directory) {
  const entries = readdirSync(directory, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}
