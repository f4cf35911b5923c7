#!/usr/bin/env node
// `npm test`: lint, types, unit tests, then what needs the kernel: on this machine and, as root, in virtual
// machines with the other cgroup layouts. Ends with one line that counts all tests.
//
//   --quick   no virtual machines
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  clientTestPackages,
  commandTestPackages,
  imageTestPackages,
  installDebianPackages,
  kernelTestPackages,
} from './debian-packages.mjs';
import { count, readReport, reporter, runWithTries } from './test-report.mjs';

const quick = process.argv.includes('--quick');
const root = process.getuid() === 0;
const total = { passed: 0, failed: 0, skipped: 0 };
const reports = mkdtempSync(join(tmpdir(), 'tctl-reports-'));

installDebianPackages({
  'x86_64-linux-gnu-as': 'binutils',
  'aarch64-linux-gnu-as': 'binutils-aarch64-linux-gnu',
  'qemu-aarch64-static': 'qemu-user-static',
  ...kernelTestPackages,
  ...imageTestPackages,
  ...clientTestPackages,
  ...commandTestPackages,
  tmux: 'tmux',
  screen: 'screen',
  vi: 'vim-tiny',
});
await step('lint', 'pnpm', ['run', '--silent', 'lint', '--output-logs=errors-only']);
await step('types', 'pnpm', ['run', '--silent', 'typecheck', '--output-logs=errors-only']);
const units = ['linux', 'core', 'images', 'monitor', 'tctl', 'tc-runtime'];
await vitest('unit', units, '{packages,apps}/*/test/**/*.test.ts');
if (root) {
  await kernelSuite(quick ? ['--modes', 'host'] : []);
  await vitest('e2e', ['e2e'], 'test/e2e/**/*.test.ts');
} else {
  console.log('SKIPPED kernel, contract and e2e: they need root (sudo npm test)');
  total.skipped += 1;
}
rmSync(reports, { recursive: true });
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);

/** A command that counts as one test. */
async function step(name, command, args) {
  const { status } = await run(name, command, args);
  add(status === 0 ? 1 : 0, status === 0 ? 0 : 1, 0);
}

/** Its last line has its counts. */
async function kernelSuite(args) {
  const { status, output } = await run('kernel', 'node', ['tools/kernel-suite.mjs', ...args]);
  const counts = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(output);
  const [passed, failed, skipped] = counts ? counts.slice(1).map(Number) : [0, 0, 0];
  add(passed, status === 0 && counts ? failed : Math.max(failed, 1), skipped);
}

/** @param pattern of the projects' files */
async function vitest(name, projects, pattern) {
  const args = projects.flatMap((project) => ['--project', project]);
  const path = join(reports, `${name}.json`);
  const runTests = async (again) => {
    rmSync(path, { force: true });
    const reporters = ['--reporter', 'default', ...reporter];
    const { status } = await run(name, 'vitest', ['run', ...args, ...reporters, ...again], {
      TEST_REPORT: path,
    });
    return readReport(path, status === 0 ? undefined : `vitest ended with ${status}`);
  };
  const report = await runWithTries(runTests, globSync(pattern), process.env.CI ? 2 : 1);
  const { passed, failed, skipped } = count(report);
  for (const { title, reason } of skipped) console.log(`  skipped: ${title}: ${reason}`);
  for (const { title, message } of failed) console.log(`  FAILED ${title}\n${message}`);
  add(passed, failed.length, skipped.length);
}

/** Shows what a command prints while it runs, and returns it. */
function run(name, command, args, env = {}) {
  console.log(`\n=== ${name}`);
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  let output = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk) => {
    process.stdout.write(chunk);
    output = (output + chunk).slice(-100_000);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ status: error.message, output }));
    child.once('close', (status) => resolve({ status, output }));
  });
}

function add(passed, failed, skipped) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
