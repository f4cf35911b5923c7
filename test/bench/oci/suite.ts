/** tc-runtime beside runc and crun: below podman, call by call, and how much memory a call takes. */
import { parseArgs } from 'node:util';
import { machine, measureGroups, needRoot, parseCount, printMeasurements, type Skipped } from '../measure.ts';
import { PrivateNamespace } from '../private-namespace.ts';
import { table } from '../table.ts';
import { makeWorkplace, type Workplace } from '../workplace.ts';
import { type PeakMemory, peakMemory } from './memory.ts';
import { type PhaseTimes, timePhases } from './phases.ts';
import { PodmanBench } from './podman.ts';
import { type RuntimeName, runtimeNames } from './runtimes.ts';

const notes = `
All have limits on memory and pids, and all run in one mount namespace without the empty cgroup2 of a hybrid host, which
crun refuses. Interleaved rounds; bundles, states and podman's storage (vfs) are on a tmpfs. The ratio is to tc-runtime.
A call's memory is ru_maxrss of its largest process, median of five calls; the root file system is the same for all.`;

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
    const memory = runtimeNames.flatMap((runtime) => memoryOf(place, runtime, skipped));
    await using podman = new PodmanBench(place);
    const cases = runtimeNames.map((runtime) => podman.runCase(runtime, inside));
    const runs = await measureGroups([{ title: 'podman run --rm, /bin/true', cases }], rounds);
    runs.skipped.push(...skipped);
    if (values.json)
      return console.log(JSON.stringify({ machine: before, phases, memory, ...runs }, null, 2));
    console.log(before);
    printMeasurements(runs);
    printPhases(phases);
    printMemory(memory);
    console.log(notes);
  } finally {
    place.remove();
  }
}

function memoryOf(place: Workplace, runtime: RuntimeName, skipped: Skipped[]): PeakMemory[] {
  try {
    return peakMemory(place, runtime);
  } catch (error) {
    skipped.push({ name: `memory of ${runtime}`, reason: (error as Error).message });
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

function printMemory(memory: readonly PeakMemory[]): void {
  const rows = memory.map(({ runtime, call, peakKb }) => [`${runtime} ${call}`, (peakKb / 1024).toFixed(1)]);
  console.log(`\n${table(['memory of one call at its peak', 'MiB'], rows)}`);
}
