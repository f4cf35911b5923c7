import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCgroupHost } from '@tc/linux';
import {
  type CgroupPlan,
  type CgroupRequest,
  type CgroupUsage,
  type Limits,
  normaliseLimits,
  removeContainerCgroup,
  selectCgroupManager,
} from '../../src/cgroups/index.ts';

// Carries plans out on the running kernel, slowly and by plain means, as the launch program does in machine code.

export const host = readCgroupHost();
export const manager = selectCgroupManager(host);

function write({ path, value, optional }: CgroupPlan['writes'][number]): void {
  try {
    writeFileSync(path, value, { flag: 'r+' });
  } catch (error) {
    if (!(optional && (error as NodeJS.ErrnoException).code === 'ENOENT')) throw error;
  }
}

export interface Group extends AsyncDisposable {
  readonly plan: CgroupPlan;
  /** The trimmed text of one of its files, from whichever of its directories has it. */
  read(file: string): string;
  /** Starts a shell script in it. Its exit code is 99 if it could not join. */
  start(script: string): ChildProcess;
  /** Runs a shell script in it, and says how that ended. */
  run(script: string): Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string }>;
  usage(): CgroupUsage;
}

let count = 0;

/** Makes a container's cgroups. Disposing of it ends what is in them and removes them. */
export function makeGroup(limits: Limits = {}, request: Partial<CgroupRequest> = {}): Group {
  count += 1;
  const id = `contract-${process.pid}-${count}`;
  const { plan } = manager.plan({ id, limits: normaliseLimits(limits), ...request });
  for (const enable of plan.enable) write(enable);
  for (const directory of plan.directories) mkdirSync(directory);
  for (const each of plan.writes) write(each);
  const joins = [
    ...plan.join.tasks,
    ...(plan.join.into === undefined ? [] : [`${plan.join.into}/cgroup.procs`]),
  ];
  // A shell has one thread and, unlike node, moves itself.
  const prelude = joins.map((path) => `echo 0 > '${path}' || exit 99\n`).join('');
  const start = (script: string) =>
    spawn('/bin/sh', ['-c', prelude + script], { stdio: ['ignore', 'pipe', 'ignore'] });
  return {
    plan,
    start,
    read(file) {
      const directory = plan.directories.find((each) => existsSync(join(each, file)));
      if (directory === undefined) throw new Error(`${file} is in none of ${plan.directories.join(', ')}`);
      return readFileSync(join(directory, file), 'utf8').trim();
    },
    async run(script) {
      const child = start(script);
      let stdout = '';
      child.stdout?.on('data', (chunk) => {
        stdout += chunk;
      });
      const [code, signal] = await once(child, 'close');
      return { code, signal, stdout };
    },
    usage() {
      const existing = plan.figures.filter(({ path }) => existsSync(path));
      return manager.usage(new Map(existing.map(({ name, path }) => [name, readFileSync(path, 'utf8')])));
    },
    [Symbol.asyncDispose]: () => removeContainerCgroup(plan.directories),
  };
}
