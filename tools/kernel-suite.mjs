// Runs the tests that need a real kernel -- the vitest projects `kernel` and `contract` -- on this machine, and then
// on a Debian kernel in QEMU (tools/kernel-vm) with the layouts of cgroups: v2, v1, and hybrid where this machine
// itself is not that. Two boots a mode: see `parts`.
//
//   node tools/kernel-suite.mjs [--modes host,v2,v1,hybrid] [FILTER...]
//
// FILTERs are parts of test file names. The exit code is 1 where a test failed or a mode could not run.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, freemem, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { imageTestPackages, installDebianPackages, kernelTestPackages } from './debian-packages.mjs';
import { count, readReport, reporter, runWithTries } from './test-report.mjs';

const here = resolve(import.meta.dirname, '..');
const allModes = ['host', 'v2', 'v1', 'hybrid'];
const types = new Set(readFileSync('/proc/self/mountinfo', 'utf8').match(/(?<= - )cgroup2?(?= )/g));
const usualModes = types.size === 2 ? allModes.slice(0, -1) : allModes;
const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    modes: { type: 'string', default: usualModes.join(',') },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  console.log('usage: node tools/kernel-suite.mjs [--modes host,v2,v1,hybrid] [FILTER...]');
  process.exit(0);
}
const modes = values.modes.split(',');
const unknown = modes.filter((mode) => !allModes.includes(mode));
if (unknown.length > 0) fail(`no such mode: ${unknown.join(', ')}; there are ${allModes.join(', ')}`);
if (process.getuid?.() !== 0) {
  fail('these tests make cgroups, mounts and namespaces: run them as root (sudo -E pnpm kernel)');
}

function fail(message) {
  console.error(`kernel-suite: ${message}`);
  process.exit(2);
}

const files = ['kernel', 'contract'].flatMap((directory) =>
  readdirSync(join(here, 'test', directory))
    .filter(
      (name) =>
        name.endsWith('.test.ts') && (filters.length === 0 || filters.some((each) => name.includes(each))),
    )
    .map((name) => `test/${directory}/${name}`),
);
if (files.length === 0) fail(`no test file has ${filters.join(' or ')} in its name`);

/**
 * Under QEMU, Node.js 24 dies now and then while threads of its start and end, and all tests of its process with it
 * ("Check failed: jit_page.has_value()", SIGSEGV; also without any JIT, and on older CPUs). That is rare where QEMU runs
 * one CPU at a time, which makes nothing else faster. So the tests that start threads, or many a Node.js, have a boot of
 * their own, and more tries.
 */
const startsThreads = (file) => /\/(monitor|images-unpack|bundles-systemd)\b/.test(file);
const tries = process.env.CI ? 2 : 1;
const parts = [
  { of: files.filter((file) => !startsThreads(file)), tries, env: {} },
  { of: files.filter(startsThreads), tries: 3, env: { VM_ACCEL: 'tcg,thread=single' } },
].filter(({ of }) => of.length > 0);

/** Passes a stream on, line by line; those of a virtual machine get its name, as several may run at once. */
function passOn(stream, to, label) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) to.write(`${label}${line}\n`);
  });
  stream.on('end', () => rest && to.write(`${label}${rest}\n`));
}

/** Runs one mode: on this machine at once, in virtual machines part by part. @returns the report of all. */
async function runMode(mode) {
  if (mode === 'host') return await runWithTries((again) => runTests(mode, again, {}), files, tries);
  const reports = [];
  for (const { of, tries, env } of parts)
    reports.push(await runWithTries((again) => runTests(mode, again, env), of, tries, `${mode} | `));
  return {
    errors: reports.flatMap(({ errors }) => errors),
    files: reports.flatMap(({ files }) => files),
  };
}

async function runTests(mode, testFiles, extraEnv) {
  const inVm = mode !== 'host';
  // The guest sees the machine's files under a throw-away overlay: this directory alone is copied back.
  const directory = mkdtempSync(join(tmpdir(), 'kernel-suite-'));
  const report = join(directory, 'report.json');
  const vitest = [
    process.execPath,
    join(here, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--project', 'kernel', '--project', 'contract', '--root', here],
    // One process for all files: loading the sources anew for each would take most of the time in the guest.
    '--no-isolate',
    ...['--reporter', inVm ? 'dot' : 'default', ...reporter],
    ...testFiles,
  ];
  const [file, ...args] = inVm ? [join(here, 'tools/kernel-vm/kernel-vm.sh'), ...vitest] : vitest;
  const env = { ...process.env, TEST_REPORT: report, FORCE_COLOR: '0', NO_COLOR: '1' };
  delete env.NODE_EXTRA_CA_CERTS; // it takes the emulated machine seconds to parse
  if (inVm) {
    const defaults = { TC_TIMEOUT_SCALE: '15', VM_TIMEOUT: '2400', VM_MEM: '3G' };
    Object.assign(env, { ...defaults, ...extraEnv, ...env, VM_MODE: mode, VM_OUT: directory });
  }
  const child = spawn(file, args, { cwd: here, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const label = inVm ? `${mode} | ` : '';
  passOn(child.stdout, process.stdout, label);
  passOn(child.stderr, process.stderr, label);
  const code = await new Promise((done) => child.once('close', (status, signal) => done(status ?? signal)));
  let problem = code === 0 ? undefined : `vitest ended with ${code}`;
  if (inVm && code === 124) problem = 'it took longer than VM_TIMEOUT';
  if (inVm && code === 125) problem = 'the virtual machine could not be run';
  const result = readReport(report, problem);
  rmSync(directory, { recursive: true, force: true });
  return result;
}

const summary = ({ mode, seconds, passed, failed, skipped }) =>
  `${mode}: ${passed} passed, ${failed.length} failed, ${skipped.length} skipped in ${seconds.toFixed(0)} s`;

async function runAndPrint(mode) {
  console.log(`\n=== ${mode} ===`);
  const start = performance.now();
  const report = await runMode(mode);
  const result = { mode, ...count(report), seconds: (performance.now() - start) / 1000 };
  console.log(`\n${summary(result)}`);
  for (const { title, message } of result.failed) {
    console.log(`  FAILED ${title}\n    ${message.replaceAll('\n', '\n    ')}`);
  }
  for (const [reason, tests] of Map.groupBy(result.skipped, ({ reason }) => reason)) {
    console.log(`  skipped: ${reason}`);
    for (const { title } of tests) console.log(`    ${title}`);
  }
  const slowest = report.files.toSorted((a, b) => b.seconds - a.seconds).slice(0, 8);
  const times = slowest.map(({ name, seconds }) => `${name} ${seconds.toFixed(0)} s`);
  console.log(`  slowest: ${times.join(', ')}`);
  return result;
}

installDebianPackages({ ...kernelTestPackages, ...imageTestPackages });

const results = [];
// The host alone: its tests measure. The virtual machines side by side, as many as there are CPUs and memory for.
if (modes.includes('host')) results.push(await runAndPrint('host'));
const waiting = modes.filter((mode) => mode !== 'host');
const lanes = Math.max(1, Math.min(waiting.length, availableParallelism(), Math.floor(freemem() / 4e9)));
const lane = async () => {
  for (let mode = waiting.shift(); mode !== undefined; mode = waiting.shift())
    results.push(await runAndPrint(mode));
};
await Promise.all(Array.from({ length: lanes }, lane));

console.log('\n=== all ===');
for (const result of results) console.log(summary(result));
const sum = (of) => results.reduce((total, result) => total + of(result), 0);
const failed = sum((result) => result.failed.length);
console.log(
  `${sum(({ passed }) => passed)} passed, ${failed} failed, ${sum(({ skipped }) => skipped.length)} skipped`,
);
process.exitCode = failed > 0 ? 1 : 0;
