import { closeSync, openSync, statSync } from 'node:fs';
import { counterSlots, parsedCount, slotOf } from '../figures/slots.ts';
import { derive, type Pace, paces, type Source, sourcesFor } from '../figures/sources.ts';
import type { DescriptorBudget, ReadBuffer } from './descriptors.ts';
import { firstProcess, processBornMs } from './first-process.ts';
import { monotonicMs } from './monotonic.ts';
import { clearNetwork, NetworkReader } from './network.ts';
import { RateKeeper } from './rates.ts';

const ABSENT = -1;
const CLOSED = -2;

/** `same`: it rests, as it did the time before, so that no figure and no rate is another one. */
export type Reading = 'new' | 'same' | 'gone';

/** One file of a cgroup. */
interface OpenSource {
  readonly source: Source;
  readonly path: string;
  /** Indices of the counters that it has. */
  readonly counters: readonly number[];
  fd: number;
}

/** The share of descriptors that is for files which are read more often. */
const reserved: Readonly<Record<Pace, number>> = { always: 0, running: 0.1, slow: 0.5, rare: 0.5 };

const networkCounters = countersIn((into) => {
  for (const name of ['networkReceiveBytes', 'networkTransmitBytes'] as const) into[slotOf[name]] = 0;
  for (const name of ['networkReceivePackets', 'networkTransmitPackets'] as const) into[slotOf[name]] = 0;
});

/** The counters that a parser sets: those that it changes when it is given an empty file. */
function countersIn(parse: (into: Float64Array) => void): readonly number[] {
  const into = new Float64Array(parsedCount).fill(-1);
  parse(into);
  return counterSlots.flatMap((slot, counter) => (into[slot] === -1 ? [] : [counter]));
}

/** The same for every cgroup. */
const countersOfSources = new Map<Source, readonly number[]>();

function countersOf(source: Source): readonly number[] {
  let counters = countersOfSources.get(source);
  if (counters === undefined) {
    counters = countersIn((into) => source.parse(new Uint8Array(0), 0, into));
    countersOfSources.set(source, counters);
  }
  return counters;
}

export interface ReaderOptions {
  readonly buffer: ReadBuffer;
  readonly budget: DescriptorBudget;
  /** All below it is part of it: a process is looked for there, too. */
  readonly isContainer: boolean;
  /** What is read; all by default. */
  readonly sources?: readonly Source[] | undefined;
  /** Our own network namespace, so that it is not asked for each time. */
  readonly ownNetwork?: string | undefined;
}

/**
 * Reads one cgroup over and over, with its files kept open. A kernfs file that is read again from its start is made
 * anew by the kernel; when the cgroup is removed, reading fails with ENODEV.
 */
export class CgroupReader {
  readonly directories: Readonly<Record<string, string>>;
  readonly figures = new Float64Array(parsedCount).fill(Number.NaN);
  readonly #sources: Readonly<Record<Pace, OpenSource[]>> = { always: [], running: [], slow: [], rare: [] };
  /** Counters that don't grow while nothing runs. */
  readonly #restful: readonly number[];
  readonly #rates = new RateKeeper();
  readonly #network: NetworkReader;
  readonly #buffer: ReadBuffer;
  readonly #budget: DescriptorBudget;
  readonly #all: readonly string[];
  readonly #processDepth: number;
  /** When it was made, as far as one can tell; NaN before it is known. */
  bornMs = Number.NaN;
  #died = false;
  /** Nothing ran before its last reading, so that only its CPU time was read. */
  #isResting = false;
  /** Something has run since its slow files were read. */
  #hasRun = true;

  constructor(
    directories: Readonly<Record<string, string>>,
    { buffer, budget, isContainer, ownNetwork, sources = sourcesFor(directories) }: ReaderOptions,
  ) {
    this.directories = directories;
    this.#buffer = buffer;
    this.#budget = budget;
    this.#processDepth = isContainer ? 3 : 0;
    this.#network = new NetworkReader(ownNetwork);
    this.#all = [...new Set(Object.values(directories))];
    for (const source of sources)
      this.#sources[source.pace].push({
        source,
        path: `${directories[source.hierarchy]}/${source.file}`,
        counters: countersOf(source),
        fd: CLOSED,
      });
    this.#restful = [...this.#sources.running.flatMap(({ counters }) => counters), ...networkCounters];
  }

  get rates(): Float64Array {
    return this.#rates.rates;
  }

  /**
   * Reads the files of a pace, and those of more frequent ones.
   * @param keep keep the rare ones open as well, as they are wanted again in the next interval
   */
  read(pace: Pace, keep = false): Reading {
    this.#died = false;
    const usage = this.figures[slotOf.cpuUsageUsec] as number;
    this.#readAll('always', pace !== 'running', true);
    // Without CPU time nothing ran. Where there is no such figure it is NaN, which differs from itself.
    const ran = this.figures[slotOf.cpuUsageUsec] !== usage;
    this.#hasRun ||= ran;
    const isTurn = pace === 'rare' || (pace === 'slow' && this.#hasRun);
    if (isTurn) this.#hasRun = false;
    const isResting = !isTurn && !ran;
    const didRest = this.#isResting;
    this.#isResting = isResting;
    if (this.#died) return this.#again();
    if (isResting) {
      if (didRest) return 'same';
      this.#rates.rest(this.#restful);
      return 'new';
    }
    this.#readAll('running', isTurn, true);
    if (isTurn) this.#readAll('slow', true, true);
    if (pace === 'rare') this.#readAll('rare', true, keep);
    if (this.#died) return this.#again();
    if (isTurn && !this.#network.isThere()) this.#lookAtProcess();
    if (this.#network.isOwn) {
      if (!this.#network.read(this.#buffer, this.figures)) this.#lookAtProcess();
      this.#rates.update(networkCounters, this.figures, monotonicMs());
    }
    derive(this.figures);
    return 'new';
  }

  /** @param also those that were not there the last time */
  #readAll(pace: Pace, also: boolean, keep: boolean): void {
    for (const each of this.#sources[pace]) {
      if (this.#died) return;
      if (also || each.fd !== ABSENT) this.#readSource(each, keep);
    }
  }

  #readSource(each: OpenSource, keep: boolean): void {
    const now = monotonicMs();
    try {
      if (each.fd < 0) {
        if (keep && this.#budget.take(reserved[each.source.pace])) this.#open(each);
      }
      const end = each.fd >= 0 ? this.#buffer.read(each.fd) : this.#buffer.readFile(each.path);
      each.source.parse(this.#buffer.bytes, end, this.figures);
      if (each.fd === ABSENT) each.fd = CLOSED;
      if (each.fd >= 0 && !keep) this.#close(each);
    } catch (error) {
      // ENODEV: the cgroup was removed. Anything else: no such file, not ours to read, or its feature is off.
      if ((error as NodeJS.ErrnoException).code === 'ENODEV') this.#died = true;
      this.#close(each);
      each.fd = ABSENT;
      each.source.parse(this.#buffer.bytes, 0, this.figures);
      for (const counter of each.counters) this.figures[counterSlots[counter] as number] = Number.NaN;
    }
    this.#rates.update(each.counters, this.figures, now);
  }

  #open(each: OpenSource): void {
    try {
      each.fd = openSync(each.path, 'r');
    } catch (error) {
      this.#budget.give();
      throw error;
    }
  }

  #close(each: OpenSource): void {
    if (each.fd >= 0) {
      closeSync(each.fd);
      this.#budget.give();
    }
    each.fd = CLOSED;
  }

  /** After ENODEV: another cgroup may have the same name by now. */
  #again(): Reading {
    this.forget();
    if (!this.#all.some(isDirectory)) return 'gone';
    this.#died = false;
    for (const pace of paces) this.#readAll(pace, true, pace !== 'rare');
    if (this.#died && !this.#all.some(isDirectory)) return 'gone';
    this.#lookAtProcess();
    derive(this.figures);
    return 'new';
  }

  /** Closes all, and begins as if it had never been read. */
  forget(): void {
    this.close();
    this.#isResting = false;
    this.figures.fill(Number.NaN);
    this.#rates.forget();
    this.#network.use(undefined);
    this.bornMs = Number.NaN;
  }

  #lookAtProcess(): void {
    let pid: number | undefined;
    const isEmpty = this.figures[slotOf.pids] === 0;
    if (!isEmpty)
      for (const directory of this.#all) pid ??= firstProcess(directory, this.#buffer, this.#processDepth);
    this.#network.use(pid);
    if (!this.#network.isOwn) clearNetwork(this.figures);
    if (Number.isNaN(this.bornMs)) this.bornMs = this.#findBirth(pid);
  }

  /**
   * kernfs keeps no time of birth, and gives a directory the time at which its inode was first needed, which is when
   * it was made or later. Its first process began soon after it was made, or was moved into it.
   */
  #findBirth(pid: number | undefined): number {
    const times = [pid === undefined ? undefined : processBornMs(pid)];
    for (const directory of this.#all) times.push(statSync(directory, { throwIfNoEntry: false })?.mtimeMs);
    return Math.min(...times.filter((time) => time !== undefined)) || Number.NaN;
  }

  close(): void {
    for (const pace of paces) for (const each of this.#sources[pace]) this.#close(each);
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
