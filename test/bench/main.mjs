#!/usr/bin/env node
// Runs a benchmark suite: `pnpm bench spawn`. It measures the built packages, so `pnpm build` comes first.
import { existsSync } from 'node:fs';

const suites = {
  spawn: 'what a container costs from spawn to exit, beside runc, crun, bwrap and unshare',
};

const [name, ...args] = process.argv.slice(2);
if (name === undefined || !Object.hasOwn(suites, name)) {
  console.error('usage: pnpm bench SUITE [--rounds N] [--json] [--trace]\n\nsuites:');
  for (const [suite, about] of Object.entries(suites)) console.error(`  ${suite}  ${about}`);
  process.exit(name === undefined ? 0 : 2);
}
for (const built of ['linux', 'core', 'images']) {
  if (existsSync(new URL(`../../packages/${built}/dist/index.js`, import.meta.url))) continue;
  console.error(`packages/${built} is not built: run pnpm build first`);
  process.exit(1);
}
delete process.env['NODE_EXTRA_CA_CERTS']; // each Node.js that we time would parse those certificates
const { main } = await import(`./${name}/suite.ts`); // Node.js 24 strips the types
await main(args);
