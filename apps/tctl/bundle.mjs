// Bundles the command into one file, and compiles it: Node.js starts faster with one file than with a hundred, and
// faster still when V8 finds every function compiled. koffi stays outside, as it is native code.
import { readFileSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { build } from 'esbuild';

const outfile = 'dist/tctl.bundle';
await build({
  entryPoints: ['src/main.ts'],
  outfile,
  bundle: true,
  minifyWhitespace: true,
  minifySyntax: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  charset: 'ascii', // so that it may be read as latin1, the fastest to decode
  conditions: ['tc-source'],
  external: ['koffi'],
  define: { 'import.meta.url': '__filename' },
  banner: { js: '(function (exports, require, module, __filename) {' },
  footer: { js: '})' },
  legalComments: 'none',
});

setFlagsFromString('--no-lazy');
const script = new Script(readFileSync(outfile, 'latin1'), { filename: outfile });
setFlagsFromString('--lazy');
writeFileSync(`${outfile}.cache`, script.createCachedData());
