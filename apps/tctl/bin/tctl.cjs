#!/usr/bin/env -S node --
// --: Node.js reads an --env-file for itself wherever it stands before that, and this command has one of that name.
// The command: loads the bundles that ../bundle.mjs made, with the code caches that it made for this Node.js. Any
// other version of Node.js refuses a cache and compiles the bundle itself, which takes some milliseconds more. Where
// there are none, see compile.cjs.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`tctl: needs Node.js 22.12 or newer, and this is ${process.version}\n`);
  process.exit(125);
}

load('tctl').main(process.argv.slice(2));

function load(name) {
  const filename = join(__dirname, `../dist/${name}.bundle`);
  const source = readFileSync(filename, 'latin1');
  const cachedData = readCache(filename);
  const bundle =
    cachedData === undefined
      ? require('./compile.cjs').compile(source, filename)
      : new Script(source, { filename, cachedData }).runInThisContext();
  const own = { exports: {} };
  const requireHere = createRequire(filename);
  const requireOrLoad = (id) =>
    id.startsWith('bundle:') ? load(id.slice('bundle:'.length)) : requireHere(id);
  bundle(own.exports, requireOrLoad, own, filename);
  return own.exports;
}

function readCache(filename) {
  try {
    return readFileSync(`${filename}.cache`);
  } catch {
    return undefined;
  }
}
