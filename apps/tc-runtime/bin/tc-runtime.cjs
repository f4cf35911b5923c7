#!/usr/bin/env node
// Loads the bundle that ../bundle.mjs made, with its code cache. Engines call node_modules/.bin/tc-runtime by its path
// and with next to no environment; that finds the node beside it.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`tc-runtime: needs Node.js 22.12 or newer, and this is ${process.version}\n`);
  process.exit(1);
}
const filename = join(__dirname, '../dist/tc-runtime.bundle');
const bundle = new Script(readFileSync(filename, 'latin1'), { filename, cachedData: readCache() });
const own = { exports: {} };
bundle.runInThisContext()(own.exports, createRequire(filename), own, filename);
own.exports.main(process.argv.slice(2));

function readCache() {
  try {
    return readFileSync(`${filename}.cache`);
  } catch {
    return undefined;
  }
}
