import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Container, TcError } from '@tc/core';
import { listCgroups, type ProcessesOf, type ProcessInfo, processes } from '@tc/monitor';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { quantities } from '../cli/quantities.ts';
import { outputWidth } from '../cli/terminal-width.ts';
import { textTable } from '../cli/text-table.ts';
import { widthOf } from '../cli/width.ts';
import { top } from '../table/monitoring.ts';
import { processColumns } from '../table/process-columns.ts';
import { commandLine, cpuTime, parseProcessStat, processCell, type ShownProcess } from './process-cells.ts';
import { type ChosenColumn, chosenColumns } from './ps-options.ts';
import { userNames } from './user-names.ts';

/** Between two readings, for CPU %: ten of the kernel's ticks at least, sched(7). */
const betweenMs = 200;

export const topCommand = command(top, async (values, [name = '', ...words]) => {
  const { json = false, 'no-trunc': whole = false, 'no-human': exact = false } = values;
  const chosen = chosenColumns({ columns: values.columns, full: values.full, words });
  await cleanUp();
  const container = await Container.get(name);
  const whose = await processesOf(container, name);
  const columns = whole ? undefined : outputWidth();
  if (chosen !== undefined && !json) {
    const table = await chosenTable(chosen, byPid(await processes(whose)), container);
    const text = textTable(table.headings, table.rows, { columns, flexible: table.flexible });
    writeOut(text.replace(/^\n/, '')); // without headings, as of -o pid=, there is no line of them
    return 0;
  }
  const before = await processes(whose);
  await sleep(betweenMs);
  const now = byPid(await processes(whose, before));
  const rows = now.map((process) => row(process, exact));
  if (json) writeOut(jsonText(now));
  else writeOut(textTable(headings, rows, { columns, flexible: [8] }));
  return 0;
});

const byPid = (found: readonly ProcessInfo[]) => found.toSorted((a, b) => a.pid - b.pid);

const headings = ['PID', 'PPID', 'UID', 'STATE', 'THREADS', 'CPU %', 'MEM', 'TIME', 'COMMAND'];

function row(process: ProcessInfo, exact: boolean): string[] {
  const { pid, parentPid, userId, state, threads, cpuCores, memoryBytes, cpuUsec } = process;
  return [
    String(pid),
    String(parentPid),
    userId === undefined ? '--' : String(userId),
    state,
    String(threads),
    cpuCores === undefined ? '--' : `${(cpuCores * 100).toFixed(1)}%`,
    quantities(exact).memory(memoryBytes),
    exact ? String(cpuUsec) : cpuTime(cpuUsec),
    commandLine(process),
  ];
}

/** As ps(1): numbers to the right, and commands as wide as there is room. */
async function chosenTable(
  chosen: readonly ChosenColumn[],
  found: readonly ProcessInfo[],
  container: Container,
) {
  const context = { now: new Date(), memoryTotalBytes: totalmem() };
  const nameOf = chosen.some(({ column }) => column === 'user')
    ? await userNames(container)
    : () => undefined;
  const shown = found.map((process): ShownProcess => {
    const user = process.userId === undefined ? undefined : nameOf(process.userId);
    return { ...process, stat: statOf(process.pid), user };
  });
  const rows = shown.map((process) => chosen.map(({ column }) => processCell(column, process, context)));
  const right = (at: number): boolean => {
    const column = chosen[at]?.column;
    return column !== undefined && 'isNumber' in processColumns[column];
  };
  const widths = chosen.map(({ heading }, at) =>
    Math.max(widthOf(heading), ...rows.map((cells) => widthOf(cells[at] ?? ''))),
  );
  const aligned = (cells: readonly string[]) =>
    cells.map((cell, at) => (right(at) ? ' '.repeat((widths[at] ?? 0) - widthOf(cell)) + cell : cell));
  return {
    headings: aligned(chosen.map(({ heading }) => heading)),
    rows: rows.map(aligned),
    flexible: chosen.flatMap(({ column }, at) => (column === 'args' || column === 'comm' ? [at] : [])),
  };
}

function statOf(pid: number): ShownProcess['stat'] {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined; // it has ended
  }
}

/** @throws TcError CONTAINER_NOT_RUNNING */
async function processesOf(container: Container, name: string): Promise<ProcessesOf> {
  const { id, pid } = await container.inspect();
  const found = listCgroups().find((each) => each.kind === 'tctl' && each.id === id);
  if (found !== undefined) return found.path;
  if (pid !== undefined) return { pid }; // an ordinary user's may have no cgroup
  throw new TcError('it does not run', {
    code: 'CONTAINER_NOT_RUNNING',
    operation: `list the processes of ${name}`,
    hint: 'Start it first: tctl start NAME.',
  });
}
