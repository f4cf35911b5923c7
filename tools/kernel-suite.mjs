// Runs the tests that need a real kernel -- the vitest projects `kernel` and `contract` -- on this machine, and then
// on a Debian kernel in QEMU (tools/kernel-vm) with each layout of cgroups: v2, v1 and hybrid. One boot a mode.
//
//   node tools/kernel-suite.mjs [--modes host,v2,v1,hybrid] [FILTER...]
//
// FILTERs are vitest's: parts of test file names. The exit code is 1 where a test failed or a mode could not run.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const here = resolve(import.meta.dirname, '..');
const allModes = ['host', 'v2', 'v1', 'hybrid'];
const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { modes: { type: 'string', default: allModes.join(',') }, help: { type: 'boolean', short: 'h' } },
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

/** Installs a Debian package where its program is not there. kernel-vm.sh fetches QEMU and the kernel by itself. */
function ensure(program, debianPackage) {
  const found = () => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  if (found()) return;
  console.log(`kernel-suite: ${program} is missing, installing ${debianPackage}`);
  const apt = (...args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  apt('update', '-q');
  apt('install', '-qy', '--no-install-recommends', debianPackage);
  if (!found()) fail(`${program} is missing, and apt-get could not install ${debianPackage}: install it`);
}

/** Runs one mode. @returns its report, or why there is none. */
async function runMode(mode) {
  const inVm = mode !== 'host';
  const reports = mkdtempSync(join(tmpdir(), 'kernel-suite-'));
  // In the guest the machine's files are under a throw-away overlay: only VM_OUT's content comes back.
  const inGuest = '/run/kernel-suite-report';
  const report = join(inVm ? inGuest : reports, 'report.json');
  const vitest = [
    process.execPath,
    join(here, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--project', 'kernel', '--project', 'contract', '--root', here],
    ...['--reporter', 'default', '--reporter', join(here, 'test/support/reporter.ts'), ...filters],
  ];
  const command = inVm ? [join(here, 'tools/kernel-vm/kernel-vm.sh'), ...vitest] : vitest;
  const env = { ...process.env, KERNEL_SUITE_REPORT: report, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' };
  delete env.NODE_EXTRA_CA_CERTS; // it may name a file that takes the emulated machine seconds to parse
  if (inVm) {
    Object.assign(env, { VM_MODE: mode, VM_OUT: reports, TC_TIMEOUT_SCALE: env.TC_TIMEOUT_SCALE ?? '15' });
    env.VM_TIMEOUT ??= '1500';
    env.VM_MEM ??= '3G';
  }
  if (inVm) env.VM_OUT = inGuest;
  try {
    const [file, ...args] = command;
    const child = spawn(file, args, { cwd: here, env, stdio: ['ignore', 'inherit', 'inherit'] });
    const code = await new Promise((done) => child.once('close', (status, signal) => done(status ?? signal)));
    try {
      return { ...JSON.parse(readFileSync(inVm ? join(inGuest, 'report.json') : report, 'utf8')), code };
    } catch {
      const why = { 124: 'it took longer than VM_TIMEOUT', 125: 'the emulated machine could not be run' }[
        code
      ];
      return {
        passed: 0,
        failed: [{ title: mode, message: why ?? `vitest ended with ${code} and no report` }],
        skipped: [],
        code,
      };
    }
  } finally {
    rmSync(reports, { recursive: true, force: true });
    if (inVm) rmSync(inGuest, { recursive: true, force: true });
  }
}

function print(mode, { passed, failed, skipped }, seconds) {
  console.log(
    `\n${mode}: ${passed} passed, ${failed.length} failed, ${skipped.length} skipped in ${seconds.toFixed(0)} s`,
  );
  for (const { title, message } of failed)
    console.log(`  FAILED ${title}\n    ${message.replaceAll('\n', '\n    ')}`);
  const byReason = Map.groupBy(skipped, ({ reason }) => reason);
  for (const [reason, tests] of byReason) {
    console.log(`  skipped: ${reason}`);
    for (const { title } of tests) console.log(`    ${title}`);
  }
}

ensure('ip', 'iproute2');
ensure('ps', 'procps');
ensure('perl', 'perl-base');
ensure('mkfs.ext4', 'e2fsprogs');

const results = [];
for (const mode of modes) {
  console.log(`\n=== ${mode} ===`);
  const start = performance.now();
  const report = await runMode(mode);
  const seconds = (performance.now() - start) / 1000;
  // A run that fails without a failed test still fails: no tests found, a crash at the end.
  if (report.code !== 0 && report.failed.length === 0) {
    report.failed.push({ title: mode, message: `vitest ended with ${report.code}` });
  }
  print(mode, report, seconds);
  results.push({ mode, report, seconds });
}

console.log('\n=== all ===');
const total = { passed: 0, failed: 0, skipped: 0 };
for (const { mode, report, seconds } of results) {
  const { passed, failed, skipped } = report;
  console.log(
    `${mode}: ${passed} passed, ${failed.length} failed, ${skipped.length} skipped in ${seconds.toFixed(0)} s`,
  );
  total.passed += passed;
  total.failed += failed.length;
  total.skipped += skipped.length;
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
