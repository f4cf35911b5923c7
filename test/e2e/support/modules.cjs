// Loaded with NODE_OPTIONS=--require: at the end, writes what the process has loaded to the file MODULES_FILE names.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  const loaded = [...process.moduleLoadList, ...Object.keys(require.cache), ...sharedObjects()];
  writeFileSync(process.env.MODULES_FILE, loaded.join('\n'));
});

function sharedObjects() {
  process.report.excludeNetwork = true; // it would look for the names of our addresses
  return process.report.getReport().sharedObjects;
}
