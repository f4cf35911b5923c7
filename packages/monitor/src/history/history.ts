import { TcError } from '@tc/linux';
import type { Frame } from '../frames/frame.ts';
import type { Cell } from './cells.ts';
import { chunkAt, coarse, FrameLevels, heldTicks, keptTicks, oldestMs, Series } from './levels.ts';
import { defaultSeries, type SeriesName, takerOf } from './names.ts';
import { type HistoryPoint, pointsOf } from './points.ts';
import { chunkSlots } from './slot-counts.ts';
import { Ticks } from './ticks.ts';

export interface HistoryOptions {
  /** Which series are kept of each cgroup. Default: the 16 that are drawn of a container. */
  readonly series?: readonly SeriesName[];
  /** Where there are more, those go first that have been gone for longest. Default 2048. */
  readonly maxCgroups?: number;
  /** Where it takes more, the oldest hour of all goes, as often as needed. Default 256 MiB. */
  readonly maxBytes?: number;
}

export interface HistoryRange {
  /** Default: where the history begins. */
  readonly from?: Date;
  /** Default: the newest frame. */
  readonly to?: Date;
  /** Into how many stretches of equal length it is divided. Default 60, at most 10000. */
  readonly points?: number;
}

interface Track {
  readonly series: Map<SeriesName, Series>;
  readonly frames: FrameLevels;
  lastTick: number;
}

const partsOf = ({ series, frames }: Track) => [frames, ...series.values()];

/**
 * What cgroups did in the last day: each frame of the last 600 (10 minutes at one a second), min, max and mean of every
 * 10 seconds of the last 3 hours, and of every minute of the last day.
 *
 * After a day, a cgroup takes at most 26 KB, and each series of it at most 76 KB, or 2 KB while its value never changes;
 * see docs/monitor.md.
 */
export class History {
  readonly #kept: readonly { readonly name: SeriesName; readonly take: ReturnType<typeof takerOf> }[];
  readonly #maxCgroups: number;
  readonly #maxBytes: number;
  readonly #ticks = new Ticks(heldTicks);
  readonly #frames = new FrameLevels();
  readonly #tracks = new Map<string, Track>();
  /** By level: when what is kept begins, where memory was short. */
  readonly #trimmedMs = coarse.map(() => 0);
  #firstMs: number | undefined;
  #bytes = 0;

  constructor({ series = defaultSeries, maxCgroups = 2048, maxBytes = 256 << 20 }: HistoryOptions = {}) {
    this.#kept = [...new Set(series)].map((name) => ({ name, take: takerOf(name) }));
    this.#maxCgroups = maxCgroups;
    this.#maxBytes = maxBytes;
  }

  /** Memory that it takes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Paths of the cgroups that it knows, also of those that are gone. */
  get paths(): readonly string[] {
    return [...this.#tracks.keys()];
  }

  /** From the first frame, or what is left of it, to the newest. Undefined before the first. */
  get range(): { readonly from: Date; readonly to: Date } | undefined {
    if (this.#firstMs === undefined) return undefined;
    const { nowMs, offsetMs } = this.#ticks;
    const fromMs = Math.max(this.#firstMs, Math.min(this.#fineFromMs, this.#coarseFromMs(1)));
    return { from: new Date(fromMs + offsetMs), to: new Date(nowMs + offsetMs) };
  }

  /** Frames have to be added in their order. What a frame does not have, and what is stale in it, is a gap. */
  add(frame: Frame): void {
    const ticks = this.#ticks;
    ticks.add(frame);
    this.#firstMs ??= ticks.nowMs;
    this.#bytes += this.#frames.add(ticks.tick, ticks.nowMs);
    // Those that were here before are known to be here before anything is evicted for one that is new.
    for (const { cgroup } of frame.cgroups) {
      const track = this.#tracks.get(cgroup.path);
      if (track !== undefined) track.lastTick = ticks.tick;
    }
    for (const sample of frame.cgroups) {
      const track = this.#tracks.get(sample.cgroup.path) ?? this.#newTrack(sample.cgroup.path);
      if (track === undefined || sample.stale) continue;
      this.#bytes += track.frames.add(ticks.tick, ticks.nowMs);
      for (const { name, take } of this.#kept) {
        const value = take(sample);
        if (value === undefined || Number.isNaN(value)) continue;
        let series = track.series.get(name);
        if (series === undefined) {
          series = new Series(track.frames);
          track.series.set(name, series);
          this.#bytes += series.bytes;
        }
        this.#bytes += series.add(ticks.tick, ticks.nowMs, value);
      }
    }
    while (this.#bytes > this.#maxBytes && (this.#evict() || this.#trim()));
  }

  /**
   * A series of a cgroup in points of equal length. Of what is asked for, each part is made of the finest that is left.
   * @returns points without samples where nothing is known, so also for a cgroup that it has never seen
   * @throws TcError INVALID_OPTION
   */
  series(path: string, name: SeriesName, { from, to, points = 60 }: HistoryRange = {}): HistoryPoint[] {
    if (!Number.isInteger(points) || points < 1 || points > 10_000) throw invalid(`${points} points`);
    const { nowMs, offsetMs } = this.#ticks;
    const toMs = to === undefined ? nowMs : to.getTime() - offsetMs;
    const fromMs = (from ?? this.range?.from ?? new Date(0)).getTime() - offsetMs;
    if (!(fromMs <= toMs)) throw invalid('a range that ends before it begins');
    const series = this.#tracks.get(path)?.series.get(name);
    const cells = series === undefined ? [] : this.#cells(series, fromMs, toMs);
    return pointsOf(cells, { fromMs, toMs, points, offsetMs });
  }

  #cells(series: Series, fromMs: number, toMs: number): Cell[] {
    const [ten, minute] = coarse;
    // Each resolution ends where the next finer one is complete.
    const fineMs = Math.ceil(this.#fineFromMs / ten.slotMs) * ten.slotMs;
    const tenMs = Math.min(fineMs, Math.ceil(this.#coarseFromMs(0) / minute.slotMs) * minute.slotMs);
    const tick = this.#ticks.firstFrom(Math.max(fromMs, this.#wholeMs(fineMs)), this.#oldestTick);
    return [
      ...series.slots(1, Math.max(fromMs, this.#coarseFromMs(1)), Math.min(toMs, tenMs)),
      ...series.slots(0, Math.max(fromMs, tenMs), Math.min(toMs, fineMs)),
      ...series.ticksFrom(tick, this.#ticks),
    ];
  }

  /** While no frame is forgotten there is nothing coarser to be joined to. */
  #wholeMs(fineMs: number): number {
    return this.#oldestTick === 0 ? Number.NEGATIVE_INFINITY : fineMs;
  }

  get #oldestTick(): number {
    return Math.max(
      0,
      (Math.floor(this.#ticks.tick / chunkSlots) - Math.ceil(keptTicks / chunkSlots)) * chunkSlots,
    );
  }

  get #fineFromMs(): number {
    return this.#oldestTick === 0 ? Number.NEGATIVE_INFINITY : this.#ticks.timeOf(this.#oldestTick);
  }

  #coarseFromMs(level: number): number {
    return Math.max(oldestMs(level, this.#ticks.nowMs), this.#trimmedMs[level] ?? 0);
  }

  #newTrack(path: string): Track | undefined {
    if (this.#tracks.size >= this.#maxCgroups && !this.#evict()) return undefined;
    const track: Track = {
      series: new Map(),
      frames: new FrameLevels(this.#frames),
      lastTick: this.#ticks.tick,
    };
    this.#tracks.set(path, track);
    this.#bytes += track.frames.bytes;
    return track;
  }

  /** Forgets the cgroup that has been gone for longest. @returns false where none is gone */
  #evict(): boolean {
    let [longest, oldest] = ['', this.#ticks.tick];
    for (const [path, { lastTick }] of this.#tracks) {
      if (lastTick < oldest) [longest, oldest] = [path, lastTick];
    }
    if (oldest === this.#ticks.tick) return false;
    const track = this.#tracks.get(longest);
    if (track !== undefined) for (const { bytes } of partsOf(track)) this.#bytes -= bytes;
    this.#tracks.delete(longest);
    return true;
  }

  /** Forgets the oldest chunk of the coarsest resolution that has more than one. @returns false where none has */
  #trim(): boolean {
    for (let level = coarse.length - 1; level >= 0; level--) {
      const chunkMs = chunkSlots * (coarse[level]?.slotMs ?? 1);
      const oldest = chunkAt(level, Math.max(this.#coarseFromMs(level), this.#firstMs ?? 0));
      if (oldest >= chunkAt(level, this.#ticks.nowMs)) continue;
      this.#trimmedMs[level] = (oldest + 1) * chunkMs;
      for (const track of this.#tracks.values()) {
        for (const each of partsOf(track)) this.#bytes -= each.dropBefore(level, oldest + 1);
      }
      return true;
    }
    return false;
  }
}

function invalid(problem: string): TcError {
  return new TcError(`${problem} can't be had`, {
    code: 'INVALID_OPTION',
    operation: 'look a series up',
    hint: 'Give from and to in their order, and 1 to 10000 points.',
  });
}
