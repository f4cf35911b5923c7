import { setTimeout as sleep } from 'node:timers/promises';
import { Container, TcError } from '@tc/core';
import { listCgroups, type ProcessInfo, processes } from '@tc/monitor';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { printable } from '../cli/printable.ts';
import { quantities } from '../cli/quantities.ts';
import { outputWidth } from '../cli/terminal-width.ts';
import { textTable } from '../cli/text-table.ts';
import { top } from '../table/monitoring.ts';

/** Between two readings, for CPU %: ten of the kernel's ticks at least, sched(7). */
const betweenMs = 200;

export const topCommand = command(
  top,
  async ({ json = false, 'no-trunc': whole = false, 'no-human': exact = false }, [name = '']) => {
    await cleanUp();
    const path = await pathOf(name);
    const before = await processes(path);
    await sleep(betweenMs);
    const now = [...(await processes(path, before))].sort((a, b) => a.pid - b.pid);
    const rows = now.map((process) => row(process, exact));
    if (json) writeOut(jsonText(now));
    else writeOut(textTable(headings, rows, { columns: whole ? undefined : outputWidth(), flexible: [8] }));
    return 0;
  },
);

const headings = ['PID', 'PPID', 'UID', 'STATE', 'THREADS', 'CPU %', 'MEM', 'TIME', 'COMMAND'];

function row(process: ProcessInfo, exact: boolean): string[] {
  const {
    pid,
    parentPid,
    userId,
    state,
    threads,
    cpuCores,
    memoryBytes,
    cpuUsec,
    command: args,
    name,
  } = process;
  return [
    String(pid),
    String(parentPid),
    userId === undefined ? '--' : String(userId),
    state,
    String(threads),
    cpuCores === undefined ? '--' : `${(cpuCores * 100).toFixed(1)}%`,
    quantities(exact).memory(memoryBytes),
    exact ? String(cpuUsec) : cpuTime(cpuUsec),
    printable(args.length > 0 ? args.join(' ') : `[${name}]`),
  ];
}

/** As ps(1): `1:02:03`. */
function cpuTime(usec: number): string {
  const seconds = Math.floor(usec / 1e6);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** @throws TcError CONTAINER_NOT_FOUND, CONTAINER_NOT_RUNNING */
async function pathOf(name: string): Promise<string> {
  const { id } = await (await Container.get(name)).inspect();
  const found = listCgroups().find((each) => each.kind === 'tctl' && each.id === id);
  if (found !== undefined) return found.path;
  throw new TcError('it does not run', {
    code: 'CONTAINER_NOT_RUNNING',
    operation: `list the processes of ${name}`,
    hint: 'Start it first: tctl start NAME.',
  });
}
