// What engines do with tc-runtime and with runc, the same steps with both: runs the tests in test/e2e/clients and puts
// their outcomes together.
//
//   node tools/oci-report.mjs [--write] [FILTER...]
//
// Prints Markdown; --write puts it into docs/oci.md. FILTERs are parts of test file names. As root.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { clientTestPackages, installDebianPackages } from './debian-packages.mjs';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
});
installDebianPackages(clientTestPackages);
const directory = mkdtempSync(join(tmpdir(), 'oci-report-'));
try {
  const filters =
    positionals.length === 0 ? ['e2e/clients/'] : positionals.map((each) => `e2e/clients/${each}`);
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'e2e', ...filters], {
    cwd: root,
    stdio: ['ignore', 2, 2], // the report alone goes to stdout
    env: { ...process.env, OCI_REPORT: directory },
  });
  const reports = readdirSync(directory)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')));
  const text = markdown(reports);
  console.log(text);
  if (values.write) write(text);
  process.exitCode = status ?? 1;
} finally {
  rmSync(directory, { recursive: true });
}

function markdown(reports) {
  const runc = /version (\S+)/.exec(spawnSync('runc', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1];
  const versions = [...new Set(reports.map(({ version }) => version))].join(', ');
  const tables = reports.map(({ client, rows }) =>
    [
      `| ${client} | runc | tc-runtime |`,
      '| --- | --- | --- |',
      ...rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`),
    ].join('\n'),
  );
  return [
    `With ${versions} and runc ${runc ?? '(none)'}, on Linux ${release().split('-')[0]}, ${cgroups()}.`,
    ...tables,
  ].join('\n\n');
}

function cgroups() {
  const types = new Set(readFileSync('/proc/self/mountinfo', 'utf8').match(/(?<= - )cgroup2?(?= )/g));
  if (types.size === 2) return 'hybrid cgroups';
  return types.has('cgroup2') ? 'cgroup version 2' : 'cgroup version 1';
}

function write(text) {
  const file = join(root, 'docs/oci.md');
  const marks = ['#### The steps\n', '#### Differences\n'];
  const [before, rest = ''] = readFileSync(file, 'utf8').split(marks[0]);
  const after = rest.split(marks[1])[1];
  if (after === undefined) throw new Error(`${file} lacks the headings: ${marks.join(' and ')}`);
  writeFileSync(file, `${before}${marks[0]}\n${text}\n\n${marks[1]}${after}`);
}
