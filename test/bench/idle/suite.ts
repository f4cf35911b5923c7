/** Many containers that sleep at once: what their supervisors take beside conmon, podman's, with runc. */
import { parseArgs } from 'node:util';
import { machine, needRoot, parseCount } from '../measure.ts';
import { useOwnDirectories } from '../own-directories.ts';
import { table } from '../table.ts';
import { makeWorkplace } from '../workplace.ts';
import { conmonFleet } from './conmon.ts';
import type { Fleet } from './fleet.ts';
import { availableKb, type Memory, memoryOfProcesses } from './memory.ts';
import { tctlFleet } from './tctl.ts';

const notes = `
Eight are started, and removed, at a time; all are the same /bin/sleep with limits on memory and pids. Private
memory and proportional set size are sums over the supervisors, from /proc/PID/smaps_rollup; the containers themselves
are not in them, nor is what the kernel keeps for namespaces, mounts and cgroups, which is the same for both. Both
supervisors write logs (conmon: k8s-file). A supervisor's private memory does not depend on how many there are.`;

interface Row {
  readonly name: string;
  readonly count: number;
  readonly startSeconds: number;
  readonly removeSeconds: number;
  readonly memory: Memory;
}

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      containers: { type: 'string', default: '1000' },
      conmon: { type: 'string', default: '1000' },
      json: { type: 'boolean', default: false },
    },
  });
  needRoot();
  const count = fitting(parseCount(values.containers, '--containers'));
  const ofConmon = fitting(parseCount(values.conmon, '--conmon'));
  const place = await makeWorkplace();
  try {
    useOwnDirectories(place);
    const rows = [await measure(tctlFleet(place), count), await measure(conmonFleet(place), ofConmon)];
    if (values.json) return console.log(JSON.stringify({ machine: machine(), rows }, null, 2));
    console.log(`${machine()}\n\n${describe(rows)}\n${notes}`);
  } finally {
    place.remove();
  }
}

/** A container of the slowest kind takes some 3 MB; half of the memory is left to others. */
function fitting(count: number): number {
  const most = Math.floor(availableKb() / 2 / 3072);
  if (count > most) console.error(`only ${most} instead of ${count}: there is no memory for more`);
  return Math.min(count, most);
}

async function measure(fleet: Fleet, count: number): Promise<Row> {
  try {
    await fleet.start(8); // what is loaded and cached once
    const before = new Set(fleet.supervisors());
    const start = performance.now();
    await fleet.start(count);
    const startSeconds = (performance.now() - start) / 1000;
    const supervisors = fleet.supervisors().filter((pid) => !before.has(pid));
    if (supervisors.length !== count) throw new Error(`${supervisors.length} supervisors of ${count}`);
    const memory = memoryOfProcesses(supervisors);
    const end = performance.now();
    await fleet.remove();
    const removeSeconds = (performance.now() - end) / 1000;
    return { name: fleet.name, count, startSeconds, removeSeconds, memory };
  } catch (error) {
    console.error(error); // should the removal fail, too
    throw error;
  } finally {
    await fleet.remove();
  }
}

function describe(rows: readonly Row[]): string {
  const cells = rows.map(({ name, count, startSeconds, removeSeconds, memory }) => [
    name,
    String(count),
    (memory.privateKb / 1024).toFixed(1),
    (memory.privateKb / count).toFixed(0),
    (memory.proportionalKb / 1024).toFixed(1),
    startSeconds.toFixed(1),
    removeSeconds.toFixed(1),
  ]);
  const header = [
    'supervisors of sleeping containers',
    'containers',
    'private MiB',
    'KiB each',
    'PSS MiB',
    'start s',
    'remove s',
  ];
  return table(header, cells);
}
