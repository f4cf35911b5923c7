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

/** Node.js has these in its snapshot, or loads them for whatever it runs: all others are loaded when they are used. */
const loadedAnyway = /^node:(buffer|events|fs|module|path|path\/posix|process|url|util|vm)$/;

/**
 * What our own modules import of Node.js is loaded when it is first used: node:net, node:child_process, node:crypto and
 * what they need in turn take longer than all of a small command. `lazily` is what `require("lazy:node:net")` gives.
 */
const lazyBuiltIns = {
  name: 'lazy-built-ins',
  setup({ onResolve }) {
    onResolve({ filter: /^node:/ }, ({ path, kind, importer }) => {
      const ours = kind === 'import-statement' && !importer.includes('/node_modules/');
      return ours && !loadedAnyway.test(path) ? { path: `lazy:${path}`, external: true } : undefined;
    });
  },
};
const lazily =
  'require=(load=>id=>id.startsWith("lazy:")' +
  '?new Proxy({},{get:(_,key)=>load(id.slice(5))[key]}):load(id))(require);';

/**
 * @param {typeof import('esbuild').build} build the app's own esbuild
 * @param settings of esbuild, besides or instead of the usual ones; `preamble` is JavaScript
 * @returns the files that are in it
 */
export async function bundleCommand(build, entry, outfile, settings = {}) {
  const { preamble = '', define = {}, plugins = [], ...options } = settings;
  const { metafile } = await build({
    ...bundling,
    entryPoints: [entry],
    outfile,
    metafile: true,
    format: 'cjs',
    charset: 'ascii', // so that it may be read as latin1, the fastest to decode
    define: { 'import.meta.url': '__filename', ...define },
    banner: { js: `(function (exports, require, module, __filename) {${lazily}${preamble}` },
    footer: { js: '})' },
    plugins: [...plugins, lazyBuiltIns],
    ...options,
  });
  rmSync(`${outfile}.cache`, { force: true });
  setFlagsFromString('--no-lazy');
  const script = new Script(readFileSync(outfile, 'latin1'), { filename: outfile });
  setFlagsFromString('--lazy');
  writeFileSync(`${outfile}.cache`, script.createCachedData());
  return Object.keys(metafile.inputs);
}
