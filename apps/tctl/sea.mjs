// Makes one executable of the command, Node.js and koffi: dist/tctl, for machines without Node.js. The bundles of
// bundle.mjs and their code caches are its assets (https://nodejs.org/api/single-executable-applications.html); what
// loads them there is src/sea/main.ts.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { bundleCommand, bundling } from '../../tools/bundle-command.mjs';
import { notices } from '../../tools/notices.mjs';

const here = import.meta.dirname;
const bundles = join(here, 'dist');
const monitor = join(here, '../../packages/monitor');
const outfile = join(here, '../../dist/tctl');

const work = mkdtempSync(join(tmpdir(), 'sea-'));
try {
  // Threads of @tc/monitor: in the package they are ES modules, as piscina imports files. Here there are none.
  const piscina = dirname(createRequire(join(monitor, 'package.json')).resolve('piscina'));
  const external = ['@napi-rs/nice'];
  await bundleCommand(build, tasks(), join(work, 'monitor-worker.bundle'), { external });
  await bundleCommand(build, join(piscina, 'worker.js'), join(work, 'worker.bundle'), { external });
  await build({
    ...bundling,
    entryPoints: [join(here, 'src/sea/main.ts')],
    outfile: join(work, 'main'),
    format: 'cjs',
    define: { 'import.meta.url': '""' }, // of modules that are left out in the end
  });
  run(process.execPath, '--experimental-sea-config', writeConfig());

  const executable = join(work, 'tctl');
  copyFileSync(process.execPath, executable);
  chmodSync(executable, 0o755);
  const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
  run(
    join(here, 'node_modules/.bin/postject'),
    executable,
    'NODE_SEA_BLOB',
    join(work, 'blob'),
    '--sentinel-fuse',
    fuse,
  );
  mkdirSync(dirname(outfile), { recursive: true });
  copyFileSync(executable, `${outfile}.new`);
  renameSync(`${outfile}.new`, outfile); // one that runs stays as it is
  writeFileSync(`${outfile}.NOTICES`, licences());
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Before piscina is given any task by its name, it looks for one without, and would import() the file to find it. */
function tasks() {
  const entry = join(work, 'tasks.mjs');
  const module = JSON.stringify(join(monitor, 'src/monitor-worker.ts'));
  writeFileSync(entry, `export * from ${module}; export default () => {};`);
  return entry;
}

/** Silent, unless it fails: postject warns of sections that it leaves as they are. */
function run(command, ...args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(`${command} ended with ${status}: ${stdout}${stderr}`);
}

function writeConfig() {
  const assets = Object.fromEntries(
    [bundles, work].flatMap((directory) =>
      readdirSync(directory)
        .filter((name) => /\.bundle(\.cache)?$/.test(name))
        .map((name) => [name, join(directory, name)]),
    ),
  );
  const config = {
    main: join(work, 'main'),
    output: join(work, 'blob'),
    assets: { ...assets, main: join(work, 'main'), 'koffi.node': koffi() },
    disableExperimentalSEAWarning: true,
    execArgv: ['--'], // as in bin/tctl.cjs: Node.js reads any --env-file before it for itself
    execArgvExtension: 'none', // what NODE_OPTIONS says is meant for other programs
  };
  const path = join(work, 'sea-config.json');
  writeFileSync(path, JSON.stringify(config));
  return path;
}

/** Of all that is in it. The package that Node.js comes in has no licence file. */
function licences() {
  const { version, release } = process;
  const node = `Node.js ${version}: MIT, and others of what it is made of: the file LICENSE of ${release.sourceUrl}\n`;
  return `${node}\n${notices([koffiMain()])}\n${readFileSync(join(bundles, 'THIRD-PARTY-NOTICES'), 'utf8')}`;
}

function koffiMain() {
  return createRequire(join(here, 'package.json')).resolve('koffi');
}

/** The native code for the machine that this is made on, and for the libc that its Node.js is for. */
function koffi() {
  const { arch, report } = process;
  const libc = report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'linux';
  const directory = dirname(createRequire(koffiMain()).resolve(`@koromix/koffi-linux-${arch}/package.json`));
  return join(directory, `${libc}_${arch}/koffi.node`);
}
