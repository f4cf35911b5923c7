// For a package from a registry, which has no code caches, as those are for one version of Node.js: has Node.js keep what
// it compiles in the data directory. V8 runs what such a file says, and checks no more than that it is whole; so it must
// be where nobody else can write.
const { lstatSync, mkdirSync } = require('node:fs');
const Module = require('node:module');
const { homedir } = require('node:os');
const { dirname, join, resolve } = require('node:path');

const uid = process.geteuid();
let isAsked = false;

/** @returns what a bundle is: a function that takes exports, require, module and the name of its file */
exports.compile = (source, filename) => {
  if (!isAsked) keepCompiled();
  isAsked = true;
  const module = new Module(filename);
  module._compile(`module.exports=${source}`, filename);
  return module.exports;
};

function keepCompiled() {
  const directory = join(dataDirectory(), 'code');
  try {
    // Only where there are images or containers: nobody expects files of a command that prints its version.
    if (!isPrivate(dirname(directory))) return;
    mkdirSync(directory, { mode: 0o700, recursive: true });
    if (isPrivate(directory)) Module.enableCompileCache(directory);
  } catch {} // it takes a little longer
}

function isPrivate(directory) {
  const stats = lstatSync(directory, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && stats.uid === uid && (stats.mode & 0o022) === 0;
}

/** As in packages/linux/src/data-directory.ts, which is in the bundle that is to be loaded. */
function dataDirectory() {
  const { TCTL_DATA_DIR, XDG_DATA_HOME } = process.env;
  if (TCTL_DATA_DIR) return resolve(TCTL_DATA_DIR);
  if (uid === 0) return '/var/lib/tctl';
  return XDG_DATA_HOME?.startsWith('/') ? join(XDG_DATA_HOME, 'tctl') : join(homedir(), '.local/share/tctl');
}
