#!/usr/bin/env node
// The command: loads the bundle that ../bundle.mjs made, with the code cache that it made for this Node.js. Any
// other version of Node.js refuses the cache and compiles the bundle itself, which takes some milliseconds more.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`tctl: needs Node.js 22.12 or newer, and this is ${process.version}\n`);
  process.exit(125);
}

const filename = join(__dirname, '../dist/tctl.bundle');
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
