// Bundles the command into one file: Node.js starts faster with one file than with a hundred, and faster with
// CommonJS than with ES modules. koffi stays outside, as it is native code.
import { build } from 'esbuild';

await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/tctl.cjs',
  bundle: true,
  minifyWhitespace: true,
  minifySyntax: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  conditions: ['tc-source'],
  external: ['koffi'],
  define: { 'import.meta.url': '__filename' },
  legalComments: 'none',
});
