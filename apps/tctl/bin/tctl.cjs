#!/usr/bin/env node
// The command. CommonJS, as that starts some milliseconds faster than an ES module; the rest is one bundle.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`tctl: needs Node.js 22.12 or newer, and this is ${process.version}\n`);
  process.exit(125);
}
require('node:module').enableCompileCache();
require('../dist/tctl.cjs').main(process.argv.slice(2));
