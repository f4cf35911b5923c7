#!/usr/bin/env node
// `npm test`: lint, types, unit tests, then what needs the kernel: on this machine and, as root, in virtual
// machines with the other cgroup layouts. Ends with one line that counts all tests.
//
//   --quick   no virtual machines
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDebianPackages } from './debian-packages.mjs';

const quick = process.argv.includes('--quick');
const root = process.getuid() === 0;
const total = { passed: 0, failed: 0, skipped: 0 };
const reports = mkdtempSync(join(tmpdir(), 'tctl-reports-'));

installDebianPackages({
  'x86_64-linux-gnu-as': 'binutils',
  'aarch64-linux-gnu-as': 'binutils-aarch64-linux-gnu',
  'qemu-aarch64-static': 'qemu-user-static',
  tmux: 'tmux',
});
step('lint', 'pnpm', ['run', '--silent', 'lint', '--output-logs=errors-only']);
step('types', 'pnpm', ['run', '--silent', 'typecheck', '--output-logs=errors-only']);
vitest('unit', ['linux', 'core', 'images', 'monitor', 'tctl']);
if (root) {
  step('kernel', 'node', ['tools/kernel-suite.mjs', ...(quick ? ['--modes', 'host'] : [])], 'counts');
  vitest('e2e', ['e2e']);
} else {
  console.log('SKIPPED kernel, contract and e2e: they need root (sudo npm test)');
  total.skipped += 1;
}
rmSync(reports, { recursive: true });
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);

/** Runs a command; counts it as one test, or adds the counts of its last line. */
function step(name, command, args, counted) {
  console.log(`\n=== ${name}`);
  const result = spawnSync(command, args, {
    stdio: ['inherit', counted ? 'pipe' : 'inherit', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (counted) process.stdout.write(result.stdout);
  const counts = counted && /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(result.stdout);
  const [passed, failed, skipped] = counts
    ? counts.slice(1).map(Number)
    : [result.status === 0 ? 1 : 0, 0, 0];
  add(passed, result.status !== 0 ? Math.max(failed, 1) : failed, skipped);
}

function vitest(name, projects) {
  console.log(`\n=== ${name}`);
  const report = join(reports, `${name}.json`);
  const args = projects.flatMap((project) => ['--project', project]);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { status } = spawnSync('vitest', ['run', ...args, ...reporters], { stdio: 'inherit' });
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    add(numPassedTests, numFailedTests, numPendingTests + numTodoTests);
    if (status !== 0 && numFailedTests === 0) add(0, 1, 0); // a file that could not even be loaded
  } catch {
    add(0, 1, 0);
  }
}

function add(passed, failed, skipped) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
