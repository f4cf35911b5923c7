/** tc-runtime beside runc and crun: below podman, call by call, and how much memory a call takes. */
import { parseArgs } from 'node:util';
import { machine, measureGroups, needRoot, parseCount, printMeasurements, type Skipped } from '../measure.ts';
import { PrivateNamespace } from '../private-namespace.ts';
import { table } from '../table.ts';
import { makeWorkplace, type Workplace } from '../workplace.ts';
import { type Costs, measureCosts } from './costs.ts';
import { type PhaseTimes, timePhases } from './phases.ts';
import { PodmanBench } from './podman.ts';
import { runtimeNames } from './runtimes.ts';

const notes = `
All have limits on memory and pids, and all run in one mount namespace without the empty cgroup2 of a hybrid host, which
crun refuses. Interleaved rounds; bundles, states and podman's storage (vfs) are on a tmpfs. The ratio is to tc-runtime.
CPU time is a call's own and that of the processes that it waits for, memory ru_maxrss of the largest of them; medians of
ten calls each.`;

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string', default: '40' }, json: { type: 'boolean', default: false } },
  });
  const rounds = parseCount(values.rounds, '--rounds');
  needRoot();
  const place = await makeWorkplace();
  try {
    await using inside = new PrivateNamespace(place.dataDirectory);
    const before = machine();
    const skipped: Skipped[] = [];
    const phases = await timePhases(place, inside, runtimeNames, rounds);
    const costs = costsOf(place, skipped);
    await using podman = new PodmanBench(place);
    const cases = runtimeNames.map((runtime) => podman.runCase(runtime, inside));
    const runs = await measureGroups([{ title: 'podman run --rm, /bin/true', cases }], rounds);
    runs.skipped.push(...skipped);
    if (values.json) return console.log(JSON.stringify({ machine: before, phases, costs, ...runs }, null, 2));
    console.log(before);
    printMeasurements(runs);
    printPhases(phases);
    printCosts(costs);
    console.log(notes);
  } finally {
    place.remove();
  }
}

function costsOf(place: Workplace, skipped: Skipped[]): Costs[] {
  try {
    return measureCosts(place, runtimeNames, 10);
  } catch (error) {
    skipped.push({ name: 'CPU time and memory of a call', reason: (error as Error).message });
    return [];
  }
}

function printPhases(phases: readonly PhaseTimes[]): void {
  const rows = phases.map(({ runtime, phase, medianMs, p95Ms }) => {
    const ours = phases.find((each) => each.runtime === runtimeNames[0] && each.phase === phase);
    const ratio = medianMs / (ours?.medianMs ?? Number.NaN);
    return [`${runtime} ${phase}`, medianMs.toFixed(2), p95Ms.toFixed(2), ratio.toFixed(2)];
  });
  console.log(`\n${table(['one call', 'median ms', 'p95 ms', 'ratio'], rows)}`);
}

function printCosts(costs: readonly Costs[]): void {
  const rows = costs.map(({ runtime, call, cpuMs, peakKb }) => {
    const ours = costs.find((each) => each.runtime === runtimeNames[0] && each.call === call);
    const ratio = cpuMs / (ours?.cpuMs ?? Number.NaN);
    return [`${runtime} ${call}`, cpuMs.toFixed(1), ratio.toFixed(2), (peakKb / 1024).toFixed(1)];
  });
  console.log(`\n${table(['one call', 'CPU ms', 'ratio', 'MiB at the peak'], rows)}`);
}
