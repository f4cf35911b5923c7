/** Images: unpacked beside GNU tar and umoci, pulled beside skopeo and podman, and run beside a bare directory. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startRegistry } from '../../support/registry.ts';
import { type Case, interleave } from '../interleave.ts';
import { machine, needRoot, parseCount } from '../measure.ts';
import { useOwnDirectories } from '../own-directories.ts';
import { median } from '../statistics.ts';
import { table } from '../table.ts';
import { makeWorkplace, type Workplace } from '../workplace.ts';
import { pullCases } from './pull.ts';
import { runCases, sharedBytes } from './run.ts';
import { unpackCases } from './unpack.ts';

const notes = `
All on one tmpfs, in interleaved rounds. tctl hashes what it unpacks, keeps the archive, and has both on the disk before
the image gets its name; GNU tar does nothing of that.`;

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '7' },
      archive: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const rounds = parseCount(values.rounds, '--rounds');
  needRoot();
  const place = await makeWorkplace();
  try {
    useOwnDirectories(place);
    const tree = join(place.directory, 'tree.tar');
    if (values.archive === undefined) makeDebian(tree);
    else execFileSync('cp', [values.archive, tree]);
    const groups = await measure(place, tree, { rounds, only: values.only });
    if (values.json) return console.log(JSON.stringify({ machine: machine(), groups }, null, 2));
    console.log(`${machine()}; a tree of ${(statSync(tree).size / 1e6).toFixed(0)} MB`);
    for (const { title, rows } of groups)
      console.log(
        `\n${table(
          [title, 'median ms', 'best ms', 'ratio'],
          rows.map((row) => [row.name, row.medianMs.toFixed(1), row.bestMs.toFixed(1), row.ratio.toFixed(2)]),
        )}`,
      );
    console.log(notes);
  } finally {
    place.remove();
  }
}

/** Where there is no archive: Debian's smallest system, of the packages that apt of this machine knows. */
function makeDebian(file: string): void {
  execFileSync('mmdebstrap', ['--variant=minbase', '--quiet', 'bookworm', file], { stdio: 'inherit' });
}

interface Group {
  readonly title: string;
  readonly rows: readonly Row[];
}

interface Row {
  readonly name: string;
  readonly medianMs: number;
  readonly bestMs: number;
  /** Of the medians, to the first. */
  readonly ratio: number;
}

async function measure(
  place: Workplace,
  tree: string,
  { rounds, only }: { rounds: number; only: string | undefined },
): Promise<Group[]> {
  const groups: Group[] = [];
  const add = async (title: string, cases: readonly Case[], times = rounds) => {
    const samples = await interleave(cases, { rounds: times, atOnce: 1 });
    const first = median(samples[0] ?? []);
    const rows = cases.map(({ name }, index) => {
      const own = samples[index] ?? [];
      return { name, medianMs: median(own), bestMs: Math.min(...own), ratio: median(own) / first };
    });
    groups.push({ title, rows });
  };
  const wants = (group: string) => only === undefined || only === group;
  if (wants('unpack')) {
    for (const compression of ['plain', 'gzip', 'zstd'] as const)
      await add(`unpack, ${compression}`, await unpackCases(place, tree, compression));
  }
  if (wants('pull')) {
    const directory = mkdtempSync(join(place.directory, 'registry-'));
    await using registry = await startRegistry(directory);
    await add('pull from loopback', await pullCases(place, tree, registry.host));
  }
  if (wants('run')) {
    const { inProcess, commands, image } = await runCases(place, tree);
    await add('/bin/true by run()', inProcess, rounds * 8);
    await add('/bin/true by tctl run', commands, rounds * 3);
    const bytes = await sharedBytes(place, image);
    console.error(`a second container of the image takes ${bytes} bytes of the file system with the image`);
  }
  return groups;
}

/** A new directory, timed work in it, and nothing left of it. */
export async function timedIn(
  place: Workplace,
  work: (directory: string) => Promise<unknown>,
): Promise<number> {
  const directory = mkdtempSync(join(place.directory, 'work-'));
  mkdirSync(join(directory, 'tree'));
  try {
    const start = performance.now();
    await work(directory);
    return performance.now() - start;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Bytes in use of the file system that a directory is on. */
export function usedBytes(directory: string): number {
  const { bsize, blocks, bfree } = statfsSync(directory);
  return (blocks - bfree) * bsize;
}
