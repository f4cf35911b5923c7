#!/usr/bin/env node
// Runs a benchmark suite: `pnpm bench spawn`. It measures the built packages, so `pnpm build` comes first.
import { existsSync, globSync, statSync } from 'node:fs';

const suites = {
  'start-up': 'how long a command takes to say something, beside a Node.js that does nothing',
  spawn: 'what a container costs from spawn to exit, beside runc, crun, bwrap and unshare',
  exec: 'a command in a container that runs, beside runc exec and crun exec',
  lifecycle: 'a container that is made, started and removed, beside runc and crun',
  oci: 'tc-runtime beside runc and crun: below podman, call by call, and its memory',
  idle: 'many containers that sleep at once: their supervisors beside conmon',
  images: 'images unpacked, pulled and run, beside tar, umoci, skopeo and podman',
  monitor: 'cgroups sampled every second, beside the simplest way to read their files',
  dashboard: 'the dashboard on a terminal: first frame, keys, CPU, bytes and memory, beside htop and btop',
};

const [name, ...args] = process.argv.slice(2);
if (name === undefined || !Object.hasOwn(suites, name)) {
  console.error('usage: pnpm bench SUITE [--rounds N] [--json]\n\nsuites:');
  for (const [suite, about] of Object.entries(suites)) console.error(`  ${suite.padEnd(9)}  ${about}`);
  process.exit(name === undefined ? 0 : 2);
}
for (const built of ['linux', 'core', 'images', 'monitor']) {
  if (existsSync(new URL(`../../packages/${built}/dist/index.js`, import.meta.url))) continue;
  console.error(`packages/${built} is not built: run pnpm build first`);
  process.exit(1);
}
// What runs from a bundle of yesterday is measured as it was yesterday.
const root = new URL('../../', import.meta.url).pathname;
const bundle = `${root}apps/tctl/dist/monitor-worker.js`; // of all that is bundled, the last to be written
const changedMs = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const newer = globSync(`${root}{packages,apps}/*/src/**/*.{ts,tsx}`).find(
  (path) => changedMs(path) > changedMs(bundle),
);
if (newer !== undefined)
  console.error(`bench: ${newer.slice(root.length)} is newer than what is measured: run pnpm build`);
delete process.env['NODE_EXTRA_CA_CERTS']; // each Node.js that we time would parse those certificates
const { main } = await import(`./${name}/suite.ts`); // Node.js 24 strips the types
await main(args);
