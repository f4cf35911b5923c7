// `npm start` and `npm test`: set everything up, then do the job. Runs on Node.js 18 and needs nothing but npm:
// pnpm is fetched at the version that package.json pins, and Node.js 24 comes as a dependency.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules/.bin');
const [, pnpm] = /^(pnpm@[\d.]+)/.exec(manifest().packageManager) ?? [];

const environment = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env.PATH}`,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  npm_config_update_notifier: 'false',
};

const [job, ...rest] = process.argv.slice(2);
if (process.platform !== 'linux') {
  fail('containers are made of Linux kernel features: run this on Linux, or in a Linux virtual machine');
}
if (job === 'start') {
  setUp();
  const sitsAtIt = process.stdin.isTTY && process.stdout.isTTY;
  exitWith(sitsAtIt ? showDashboard() : run(join(bin, 'tctl'), ['demo', ...rest]));
} else if (job === 'test') {
  setUp();
  exitWith(run('npx', ['--yes', pnpm, 'exec', 'node', 'tools/test-all.mjs', ...rest]));
} else {
  fail(`usage: node tools/bootstrap.mjs start|test`);
}

/** With something to look at: a container whose memory and processes rise and fall, removed when the dashboard ends. */
function showDashboard() {
  const tctl = join(bin, 'tctl');
  const name = `demonstration-${process.pid}`;
  const script =
    'while :; do x=a; for n in $(seq 23); do x=$x$x; sleep 0.4 & done; sleep 3; x=; wait; sleep 2; done';
  const start = (limits) =>
    spawnSync(tctl, ['run', '-d', '--name', name, ...limits, 'host', 'sh', '-c', script], {
      env: environment,
    });
  // An ordinary user may have no cgroup to limit it in.
  if (start(['-m', '64m', '--pids', '40', '--cpus', '0.2']).status !== 0) start([]);
  try {
    return run(tctl, ['dashboard', ...rest]);
  } finally {
    spawnSync(tctl, ['rm', '--force', name], { env: environment });
  }
}

function setUp() {
  if (!upToDate()) {
    console.log('Installing dependencies, Node.js 24 among them: a minute or so, this first time.');
    pnpmRun(['install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=error']);
  }
  if (!existsSync(join(root, 'apps/tctl/dist'))) console.log('Building: half a minute, this first time.');
  pnpmRun(['run', '--silent', 'build', '--output-logs=errors-only', '--log-order=grouped'], {
    isQuiet: true,
  });
}

/** node_modules is newer than what it is made from. */
function upToDate() {
  const marker = join(root, 'node_modules/.modules.yaml');
  if (!existsSync(marker) || !existsSync(join(bin, 'node'))) return false;
  const made = statSync(marker).mtimeMs;
  return ['pnpm-lock.yaml', 'package.json', 'pnpm-workspace.yaml'].every(
    (name) => statSync(join(root, name)).mtimeMs <= made,
  );
}

/** @param isQuiet what it prints is for whom it fails */
function pnpmRun(args, { isQuiet = false } = {}) {
  const { status, stdout, stderr } = run('npx', ['--yes', pnpm, ...args], isQuiet ? 'pipe' : 'inherit');
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  process.exit(status ?? 1);
}

function run(command, args, stdio = 'inherit') {
  const result = spawnSync(command, args, { cwd: root, stdio, env: environment, maxBuffer: 2 ** 26 });
  if (result.error) fail(`${command}: ${result.error.message}`);
  return result;
}

function exitWith({ status, signal }) {
  if (signal) process.kill(process.pid, signal);
  process.exit(status ?? 1);
}

function manifest() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

function fail(problem) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
