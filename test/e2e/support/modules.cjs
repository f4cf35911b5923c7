// Loaded with NODE_OPTIONS=--require: at the end, writes what the process has loaded and read to the file MODULES_FILE
// names: built-in modules, modules, shared objects, and, after `read `, files.
const fs = require('node:fs');

const { readFileSync, writeFileSync } = fs;
const read = [];
fs.readFileSync = (path, ...rest) => {
  read.push(`read ${path}`);
  return readFileSync(path, ...rest);
};

process.on('exit', () => {
  const loaded = [...process.moduleLoadList, ...Object.keys(require.cache), ...sharedObjects(), ...read];
  writeFileSync(process.env.MODULES_FILE, loaded.join('\n'));
});

function sharedObjects() {
  process.report.excludeNetwork = true; // it would look for the names of our addresses
  return process.report.getReport().sharedObjects;
}
