import { type Measured, printMeasurements } from '../measure.ts';
import { table } from '../table.ts';
import type { SupervisorMemory } from './supervisor-memory.ts';

export interface Report extends Measured {
  readonly machine: string;
  readonly memory: SupervisorMemory[];
}

const notes = `
Times are from spawn to exit of /bin/true as Node.js sees it, in interleaved rounds; eight at once is the time
for all eight. All include Node.js's own fork(2), which the line "/bin/true" shows alone and which grows with the
process that forks. Ratios are those of the medians to the group's first line. Root file systems, bundles and the
runtimes' own state are on a tmpfs; tctl's state is in /run/tctl unless said otherwise. runc and crun make their
cgroups in any case; bwrap and unshare make none. crun runs in a mount namespace without the empty cgroup2 of a
hybrid host, which it refuses, and is timed by a Node.js in there, which is somewhat smaller than this one.
Private memory is Private_Clean and Private_Dirty of the process that stays for the container's life; anonymous
is the part that no file backs.`;

export function printReport({ machine, measurements, memory, skipped }: Report): void {
  console.log(machine);
  printMeasurements({ measurements, skipped: [] });
  const kb = memory.map((each) => [
    each.name,
    ...[each.privateKb, each.privateAnonymousKb, each.sharedKb].map(String),
  ]);
  console.log(
    `\n${table(['supervisor of one container', 'private KiB', 'anonymous KiB', 'shared KiB'], kb)}`,
  );
  for (const { name, reason } of skipped) console.log(`\nskipped: ${name}: ${reason.split('\n')[0]}`);
  console.log(notes);
}
