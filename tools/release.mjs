#!/usr/bin/env node
// `pnpm release`: builds all packages anew, packs them into dist/packages, and shows what would be published.
// `pnpm release --publish` publishes it, with a provenance statement: npm signs where and from what it was built, which
// only a CI job with an identity of its own can show (https://docs.npmjs.com/generating-provenance-statements).
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tarballs = join(root, 'dist/packages');
const publish = process.argv.includes('--publish');

run(process.execPath, 'tools/check-release.mjs');
if (publish) {
  if (capture('git', 'status', '--porcelain') !== '')
    fail('the working tree has changes: publish what is committed');
  if (globSync('.changeset/*.md', { cwd: root }).some((file) => !file.endsWith('README.md')))
    fail('there are changesets: pnpm release:version makes a version of them');
  if (!process.env.ACTIONS_ID_TOKEN_REQUEST_URL && !process.env.SIGSTORE_ID_TOKEN)
    fail('provenance needs a CI job with an id token (permissions: id-token: write)');
}

// What was removed from the sources would be in an old dist, and so in the package.
for (const path of globSync('{packages,apps}/*/{dist,tsconfig.tsbuildinfo}', { cwd: root }))
  rmSync(join(root, path), { recursive: true });
run('pnpm', 'run', '--silent', 'build', '--force', '--output-logs=errors-only');

rmSync(tarballs, { recursive: true, force: true });
mkdirSync(tarballs, { recursive: true });
run('pnpm', '--recursive', '--silent', 'pack', '--pack-destination', tarballs);
for (const name of readdirSync(tarballs))
  console.log(`${name}  ${(statSync(join(tarballs, name)).size / 1024).toFixed(0)} KiB`);

if (publish) run('changeset', 'publish');
else console.log(`nothing was published: this was ${version()}, as it would be`);

function version() {
  return JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')).version;
}

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) fail(`${command} ${args.join(' ')}: ${error?.message ?? status}`);
}

function capture(command, ...args) {
  return spawnSync(command, args, { cwd: root, encoding: 'utf8' }).stdout;
}

function fail(problem) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
