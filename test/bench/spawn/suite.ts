/** From spawn to exit of /bin/true: tctl beside other runtimes, and what stays in memory for a container. */
import { parseArgs } from 'node:util';
import { type Group, machine, measureGroups, needRoot, parseCount } from '../measure.ts';
import { PrivateNamespace } from '../private-namespace.ts';
import { makeWorkplace, type Workplace } from '../workplace.ts';
import { ociCase } from './oci.ts';
import { otherCases, referenceCases } from './others.ts';
import { printReport, type Report } from './report.ts';
import { bwrapMemory, ociMemory, type SupervisorMemory, tctlMemory } from './supervisor-memory.ts';
import { commandLineCase, libraryCase, limits } from './tctl.ts';
import { trace } from './trace.ts';

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
    },
  });
  const rounds = parseCount(values.rounds, '--rounds');
  needRoot();
  const place = await makeWorkplace();
  try {
    if (values.trace) {
      await trace(place, rounds);
      return;
    }
    const report = await measureAll(place, rounds);
    if (values.json) console.log(JSON.stringify(report, null, 2));
    else printReport(report);
  } finally {
    const left = place.remove();
    if (left.length > 0) console.error(`removed cgroups that a runtime left behind: ${left.join(' ')}`);
  }
}

async function measureAll(place: Workplace, rounds: number): Promise<Report> {
  await using inside = new PrivateNamespace(place.dataDirectory);
  const { measurements, skipped } = await measureGroups(groups(place, inside), rounds);
  return { machine: machine(), measurements, memory: await measureMemory(place, skipped), skipped };
}

function groups(place: Workplace, inside: PrivateNamespace): Group[] {
  const runtimeDirectory = `${place.directory}/run`;
  return [
    {
      title: 'without limits',
      cases: [
        libraryCase(place, 'tctl run(), no cgroups', { cgroups: 'disabled' }),
        libraryCase(place, 'tctl run(), no cgroups, state on tmpfs', {
          cgroups: 'disabled',
          runtimeDirectory,
        }),
        libraryCase(place, 'tctl run(), default', {}),
        commandLineCase(place, []),
        ...otherCases(place),
        ociCase(place, 'crun', false, inside),
        ociCase(place, 'runc', false),
        ...referenceCases(),
      ],
    },
    {
      title: 'memory 64m, pids 20',
      cases: [
        libraryCase(place, 'tctl run()', { limits }),
        libraryCase(place, 'tctl run(), state on tmpfs', { limits, runtimeDirectory }),
        commandLineCase(place, ['--memory', limits.memory, '--pids', String(limits.pids)]),
        ociCase(place, 'crun', true, inside),
        ociCase(place, 'runc', true),
      ],
    },
  ];
}

async function measureMemory(place: Workplace, skipped: Report['skipped']): Promise<SupervisorMemory[]> {
  const all = {
    tctl: () => tctlMemory(place),
    bwrap: () => bwrapMemory(place),
    crun: () => ociMemory(place, 'crun'),
    runc: () => ociMemory(place, 'runc'),
  };
  const measured: SupervisorMemory[] = [];
  for (const [name, measure] of Object.entries(all)) {
    try {
      measured.push(await measure());
    } catch (error) {
      skipped.push({ name: `memory of ${name}`, reason: (error as Error).message });
    }
  }
  return measured;
}
