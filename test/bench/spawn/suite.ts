/** From spawn to exit of /bin/true: tctl beside other runtimes, and what stays in memory for a container. */
import { availableParallelism, release } from 'node:os';
import { parseArgs } from 'node:util';
import { type Case, interleave } from '../interleave.ts';
import { median, percentile95 } from '../statistics.ts';
import { ociCase } from './oci.ts';
import { otherCases, referenceCases } from './others.ts';
import { PrivateNamespace } from './private-namespace.ts';
import { type Measurement, printReport, type Report } from './report.ts';
import { bwrapMemory, ociMemory, type SupervisorMemory, tctlMemory } from './supervisor-memory.ts';
import { commandLineCase, libraryCase, limits } from './tctl.ts';
import { trace } from './trace.ts';
import { makeWorkplace, type Workplace } from './workplace.ts';

interface Group {
  readonly title: string;
  /** The first is what the others are compared with. */
  readonly cases: readonly Case[];
}

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a number above 0');
  if (process.geteuid?.() !== 0) throw new Error('run it as root: runc and limits need it');
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
  const skipped: Report['skipped'] = [];
  const measurements: Measurement[] = [];
  for (const group of groups(place, inside)) {
    const cases: Case[] = [];
    for (const each of group.cases) {
      const reason = await warmUp(each);
      if (reason === undefined) cases.push(each);
      else skipped.push({ name: each.name, reason });
    }
    for (const atOnce of [1, 8]) {
      const samples = await interleave(cases, {
        rounds: atOnce === 1 ? rounds : Math.ceil(rounds / 4),
        atOnce,
      });
      const reference = median(samples[0] ?? []);
      cases.forEach(({ name }, index) => {
        const ms = samples[index] ?? [];
        const ratio = median(ms) / reference;
        measurements.push({
          group: group.title,
          name,
          atOnce,
          medianMs: median(ms),
          p95Ms: percentile95(ms),
          ratio,
        });
      });
    }
  }
  return {
    machine: `Linux ${release()}, ${availableParallelism()} CPUs, Node.js ${process.version}`,
    measurements,
    memory: await measureMemory(place, skipped),
    skipped,
  };
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

/** @returns why it can't be measured, or undefined. */
async function warmUp({ measure }: Case): Promise<string | undefined> {
  try {
    for (let turn = 0; turn < 5; turn += 1) await measure(1);
    await measure(8);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
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
