/** What reading costs alone, in one thread, as fast as it can: everything is in the CPU's caches. */
import { closeSync, openSync, readSync } from 'node:fs';
import { listCgroups } from '@tc/monitor';
import { slotOf } from '../../../packages/monitor/src/figures/slots.ts';
import { paces, type Source, sourcesFor } from '../../../packages/monitor/src/figures/sources.ts';
import { CgroupReader } from '../../../packages/monitor/src/sampling/cgroup-reader.ts';
import {
  DescriptorBudget,
  descriptorLimit,
  ReadBuffer,
} from '../../../packages/monitor/src/sampling/descriptors.ts';
import { fillSample } from '../../../packages/monitor/src/sampling/fill-sample.ts';
import { SampleMemory, sampleLength } from '../../../packages/monitor/src/sampling/sample-memory.ts';
import { toSample } from '../../../packages/monitor/src/sampling/to-sample.ts';
import { interleave } from '../interleave.ts';
import { median } from '../statistics.ts';
import { readNaively } from './naive.ts';

export interface ReadRow {
  readonly what: string;
  readonly count: number;
  readonly files: number;
  /** From the files to the object that the monitor's user gets. */
  readonly usec: number;
  /** The system calls alone. */
  readonly floorUsec: number;
  readonly naiveUsec: number;
}

const three = /^(memory\.(current|usage_in_bytes)|pids\.current|cpuacct\.usage|cpu\.stat)$/;
const sets: readonly { what: string; has: (source: Source) => boolean }[] = [
  {
    what: 'memory, pids, cpu',
    has: ({ file, controller }) => three.test(file) && controller !== 'cpu',
  },
  { what: 'what ran', has: ({ pace }) => paces.indexOf(pace) <= paces.indexOf('running') },
  { what: 'all', has: () => true },
];

export async function measureReads(paths: ReadonlySet<string>, rounds: number): Promise<ReadRow[]> {
  const listed = listCgroups().filter(({ path }) => paths.has(path));
  const rows: ReadRow[] = [];
  for (const { what, has } of sets) {
    // With more files than may be open it is opening that is measured; that is what "monitor" shows.
    const files = sourcesFor(listed[0]?.directories ?? {}).filter(has).length;
    const all = listed.slice(0, Math.floor((descriptorLimit() * 0.9) / files));
    const shared = {
      buffer: new ReadBuffer(),
      budget: new DescriptorBudget(1_000_000),
      isContainer: true,
    };
    const wanted = all.map((cgroup) => ({ cgroup, sources: sourcesFor(cgroup.directories).filter(has) }));
    const readers = wanted.map(({ cgroup, sources }) => {
      const reader = new CgroupReader(cgroup.directories, { ...shared, sources });
      return { cgroup, reader, memory: new SampleMemory(new SharedArrayBuffer(sampleLength * 8 * 3)) };
    });
    const scratch = new Float64Array(sampleLength);
    const moment = { monotonicMs: 0, wallMs: 0, staleMs: 1000 };
    const ours = () => {
      for (const { cgroup, reader, memory } of readers) {
        reader.figures[slotOf.cpuUsageUsec] = -1; // as if something had run
        reader.read(what === 'all' ? 'rare' : 'running', true);
        fillSample(memory.draft(0), reader, 0, memory.newest(0));
        memory.publish(0);
        memory.read(0, scratch);
        toSample(cgroup, scratch, moment);
      }
    };
    const open = wanted.flatMap(({ cgroup, sources }) => openAll(sources, cgroup.directories));
    const floor = () => {
      for (const fd of open) readSync(fd, shared.buffer.bytes, 0, shared.buffer.bytes.length, 0);
    };
    const naive = () => {
      for (const { cgroup, sources } of wanted) readNaively(sources, cgroup.directories);
    };
    const cases = [ours, floor, naive].map((act) => ({ name: '', measure: async () => timed(act) }));
    const turns = Math.max(3, Math.round((rounds * 100) / all.length));
    await interleave(cases, { rounds: Math.min(10, turns), atOnce: 1 }); // to be compiled
    const usec = (await interleave(cases, { rounds: turns, atOnce: 1 })).map(
      (ms) => (median(ms) * 1000) / all.length,
    );
    const [oursUsec = NaN, floorUsec = NaN, naiveUsec = NaN] = usec;
    rows.push({
      what,
      count: all.length,
      files: open.length / all.length,
      usec: oursUsec,
      floorUsec,
      naiveUsec,
    });
    for (const { reader } of readers) reader.close();
    for (const fd of open) closeSync(fd);
  }
  return rows;
}

function timed(act: () => void): number {
  const start = performance.now();
  act();
  return performance.now() - start;
}

function openAll(sources: readonly Source[], directories: Readonly<Record<string, string>>): number[] {
  return sources.flatMap(({ hierarchy, file }) => {
    try {
      return [openSync(`${directories[hierarchy]}/${file}`, 'r')];
    } catch {
      return []; // this kernel has no such file
    }
  });
}
