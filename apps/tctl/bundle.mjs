// Bundles the command into a few files. What is imported dynamically is a bundle of its own, so that nothing is read, and
// no module evaluated, that a command does without. Each has its own copy of what they share. Threads are started from
// files of their own, which are ES modules.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { bundleCommand, bundling } from '../../tools/bundle-command.mjs';
import { notices } from '../../tools/notices.mjs';

/** Native code. piscina asks for @napi-rs/nice only where a thread is to be nice, and does without it. */
const external = ['koffi', '@napi-rs/nice'];

const entries = {
  tctl: 'src/main.ts',
  run: 'src/commands/run.ts',
  exec: 'src/commands/exec.ts',
  ps: 'src/commands/ps.ts',
  'left-behind': 'src/commands/left-behind.ts',
  own: 'src/commands/own.ts',
  spec: 'src/commands/spec.ts',
  containers: 'src/commands/containers.ts',
  monitor: 'src/commands/monitor.ts',
  images: 'src/commands/images.ts',
  'stored-image': 'src/commands/stored-image.ts',
  'unpack-worker': '../../packages/images/src/unpack/unpack-worker.ts',
  demo: 'src/commands/demo.ts',
  dashboard: 'src/dashboard/dashboard.ts',
};

/** bin/tctl.cjs knows what `bundle:run` is. */
const ownBundles = {
  name: 'own-bundles',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      // What a package imports so is evaluated when it is used, and in the same bundle.
      if (kind !== 'dynamic-import' || !resolveDir.startsWith(import.meta.dirname)) return undefined;
      const name = basename(path, '.ts');
      if (!Object.hasOwn(entries, name)) throw new Error(`${path} is imported dynamically and no bundle`);
      return { path: `bundle:${name}`, external: true };
    });
  },
};

/**
 * Ink for a CommonJS bundle, which is what V8 keeps compiled. Its layout engine waits for WebAssembly at the top level;
 * here the dashboard waits for it (layoutEngine() in src/dashboard/session.tsx), and starts meanwhile. Its connection
 * to developer tools is left out.
 */
const ink = {
  name: 'ink',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:yoga-layout|\.\/devtools\.js)$/ }, ({ path, resolveDir }) => ({
      path,
      namespace: 'ink',
      pluginData: { resolveDir },
    }));
    onLoad({ filter: /devtools/, namespace: 'ink' }, () => ({ contents: '' }));
    // Only where DEV is true, which it is not: but the syntax alone makes it no CommonJS.
    onLoad({ filter: /ink\/build\/reconciler\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        /await (?=import\('\.\/devtools\.js'\)|loadPackageJson\(\))/g,
        '',
      ),
    }));
    onLoad({ filter: /^yoga-layout$/, namespace: 'ink' }, ({ pluginData: { resolveDir } }) => {
      const load = createRequire(`${resolveDir}/`).resolve('yoga-layout/load');
      // Its constants are there at once: Ink makes tables of them when it is loaded.
      const contents = `import constants from ${JSON.stringify(join(dirname(load), 'generated/YGEnums.js'))};
        import { loadYoga } from ${JSON.stringify(load)};
        const yoga = { ...constants };
        globalThis[Symbol.for('tctl.layout-engine')] = loadYoga().then((loaded) => Object.assign(yoga, loaded));
        export default yoga;
        export * from ${JSON.stringify(load)};`;
      return { contents, resolveDir };
    });
  },
};

const parts = [];
for (const [name, entry] of Object.entries(entries)) {
  const inputs = await bundleCommand(build, entry, `dist/${name}.bundle`, {
    external,
    plugins: [ink, ownBundles],
    supported: { 'dynamic-import': false }, // but require(), which bin/tctl.cjs gives it
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
    preamble: 'const __dirname = require("node:path").dirname(__filename);', // piscina wants to know where it is
  });
  parts.push(...inputs);
}

// For man tctl: npm i -g puts it where man looks.
writeFileSync('dist/tctl.1', execFileSync(process.execPath, ['bin/tctl.cjs', 'man']));

// The threads of @tc/monitor. It looks for monitor-worker.js, and piscina for worker.js, beside the bundle that they are
// in (src/worker-file.ts of the one, dist/index.js of the other).
const monitor = join(import.meta.dirname, '../../packages/monitor');
const piscina = dirname(createRequire(join(monitor, 'package.json')).resolve('piscina'));
await bundleThread(join(monitor, 'src/monitor-worker.ts'), 'dist/monitor-worker.js');
await bundleThread(join(piscina, 'worker.js'), 'dist/worker.js');

writeFileSync('dist/THIRD-PARTY-NOTICES', notices(parts));
writeFileSync('dist/tctl.1', execFileSync(process.execPath, ['bin/tctl.cjs', 'man']));

async function bundleThread(entry, outfile) {
  await build({
    ...bundling,
    entryPoints: [entry],
    outfile,
    format: 'esm',
    external,
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
  });
}
