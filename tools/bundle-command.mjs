// One file of a command, and V8's compiled form of it beside: Node.js starts faster with one file than with a hundred,
// and faster still when V8 finds every function compiled. The `bin/*.cjs` of the apps load them.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/** What all bundles have in common. koffi stays outside, as it is native code. */
export const bundling = {
  bundle: true,
  minifyWhitespace: true,
  minifySyntax: true,
  platform: 'node',
  target: 'node22',
  conditions: ['tc-source'],
  external: ['koffi'],
  legalComments: 'none',
};

/**
 * @param {typeof import('esbuild').build} build the app's own esbuild
 * @param options of esbuild, besides or instead of the usual ones; `preamble` is JavaScript
 */
export async function bundleCommand(build, entry, outfile, { preamble = '', define = {}, ...options } = {}) {
  await build({
    ...bundling,
    entryPoints: [entry],
    outfile,
    format: 'cjs',
    charset: 'ascii', // so that it may be read as latin1, the fastest to decode
    define: { 'import.meta.url': '__filename', ...define },
    banner: { js: `(function (exports, require, module, __filename) {${preamble}` },
    footer: { js: '})' },
    ...options,
  });
  rmSync(`${outfile}.cache`, { force: true });
  setFlagsFromString('--no-lazy');
  const script = new Script(readFileSync(outfile, 'latin1'), { filename: outfile });
  setFlagsFromString('--lazy');
  writeFileSync(`${outfile}.cache`, script.createCachedData());
}
