import type { Cgroup } from '../cgroups/cgroup.ts';
import { counterNames, figureNames } from '../figures/slots.ts';
import type { CgroupSample, Frame } from '../frames/frame.ts';
import { ByteWriter } from './byte-writer.ts';
import { type CgroupState, sampleFlags as flags, newState, readMsOf } from './cgroup-state.ts';
import { hostScale, hostValues } from './host-values.ts';
import { predictRates, writeRates } from './rates.ts';
import { columnsFor, type Schema, schemaOf } from './schema.ts';
import { stored, writeValues } from './values.ts';

/** By so much a time of birth moves that is an uptime less, as both are read at their own moments. */
const bornToleranceMs = 50;
const longestAgeTenths = 2 ** 40;

/** Frames as differences from the one before. What it writes `FrameDecoder` reads. */
export class FrameEncoder {
  readonly schema: Schema;
  readonly #writer = new ByteWriter();
  readonly #scaleOf = (index: number) => this.schema.columns[index]?.scale ?? 1;
  #live: CgroupState[] = [];
  #host = new Float64Array();
  readonly #figures = new Float64Array(figureNames.length);
  readonly #rates = new Float64Array(counterNames.length);
  readonly #predicted = new Float64Array(counterNames.length);

  /** @param first that will be encoded */
  constructor(first: Frame) {
    this.schema = schemaOf(columnsFor(first));
  }

  /** Its first frame had no cgroup, say, and this one tells that the kernel counts more finely. */
  isTooCoarseFor(frame: Frame): boolean {
    return columnsFor(frame).some(({ scale }, index) => scale > this.#scaleOf(index));
  }

  /** The next frame tells everything. */
  reset(): void {
    this.#live = [];
    this.#host = new Float64Array();
  }

  /** @returns what is valid until the next call */
  encode(frame: Frame): Buffer {
    const writer = this.#writer;
    writer.take();
    const monotonicUs = Math.max(0, Math.round(frame.monotonicMs * 1000));
    writer.varint(monotonicUs);
    writer.varint(Math.max(0, Math.round(frame.intervalMs * 1000)));
    this.#writeHost(frame, monotonicUs / 1000);
    const samples = new Map(frame.cgroups.map((sample) => [sample.cgroup.path, sample]));
    this.#writeChangesOfCgroups(samples);
    const moment = { monotonicMs: monotonicUs / 1000, timeMs: frame.time.getTime() };
    for (const state of this.#live) {
      const sample = samples.get(state.cgroup.path);
      if (sample !== undefined) this.#writeSample(state, sample, moment);
    }
    return writer.take();
  }

  #writeHost({ host }: Frame, monotonicMs: number): void {
    const values = hostValues(host, monotonicMs);
    if (values.length !== this.#host.length) this.#host = new Float64Array(values.length).fill(Number.NaN);
    this.#writer.varint(values.length);
    writeValues(this.#writer, this.#host, values, hostScale);
  }

  /** Which are gone, by their places, and which are new. A cgroup with another name is another cgroup. */
  #writeChangesOfCgroups(samples: ReadonlyMap<string, CgroupSample>): void {
    const writer = this.#writer;
    const stays = this.#live.map(({ cgroup }) => isSame(cgroup, samples.get(cgroup.path)?.cgroup));
    writer.varint(stays.filter((stay) => !stay).length);
    let after = -1;
    for (const [place, stay] of stays.entries()) {
      if (stay) continue;
      writer.varint(place - after - 1);
      after = place;
    }
    this.#live = this.#live.filter((_, place) => stays[place]);
    const known = new Set(this.#live.map(({ cgroup }) => cgroup.path));
    const fresh = [...samples.values()].filter(({ cgroup }) => !known.has(cgroup.path));
    writer.varint(fresh.length);
    for (const { cgroup } of fresh) {
      for (const text of [cgroup.path, cgroup.kind, cgroup.name, cgroup.id ?? '']) writer.text(text);
      this.#live.push(newState(cgroup, this.schema));
    }
  }

  #writeSample(
    state: CgroupState,
    sample: CgroupSample,
    { monotonicMs, timeMs }: { readonly monotonicMs: number; readonly timeMs: number },
  ): void {
    const writer = this.#writer;
    const begin = writer.length;
    let head = sample.stale ? flags.stale : 0;
    writer.byte(0);
    const ageTenths = Math.min(longestAgeTenths, Math.max(0, Math.round(sample.ageMs * 10) || 0));
    if (ageTenths !== state.ageTenths) {
      head |= flags.age;
      writer.signed(ageTenths - state.ageTenths);
      state.ageTenths = ageTenths;
    }
    if (!isClose(state.bornMs, timeMs - (sample.uptimeMs ?? Number.NaN))) {
      head |= flags.born;
      const uptimeMs = Math.max(0, Math.round(sample.uptimeMs ?? 0));
      writer.varint(sample.uptimeMs === undefined ? 0 : uptimeMs + 1);
      state.bornMs = sample.uptimeMs === undefined ? Number.NaN : timeMs - uptimeMs;
    }
    this.#take(sample);
    const readMs = readMsOf(monotonicMs, ageTenths);
    const predicted = this.#predicted;
    predicted.set(state.rates);
    predictRates(this.schema, state.figures, this.#figures, (readMs - state.readMs) / 1000, predicted);
    state.readMs = readMs;
    let before = writer.length;
    writeValues(writer, state.figures, this.#figures, this.#scaleOf);
    if (writer.length > before + 1) head |= flags.figures;
    else writer.shrinkTo(before);
    before = writer.length;
    writeRates(writer, predicted, state.rates, this.#rates);
    if (writer.length > before + 1) head |= flags.rates;
    else writer.shrinkTo(before);
    state.rates.set(predicted);
    writer.patch(begin, head);
  }

  #take({ figures, rates }: CgroupSample): void {
    for (let index = 0; index < figureNames.length; index++) {
      const value = figures[figureNames[index] as (typeof figureNames)[number]];
      this.#figures[index] = stored(value, this.#scaleOf(index));
    }
    for (let index = 0; index < counterNames.length; index++) {
      const rate = rates[counterNames[index] as (typeof counterNames)[number]];
      this.#rates[index] = rate === undefined || !Number.isFinite(rate) ? Number.NaN : rate;
    }
  }
}

function isSame(a: Cgroup, b: Cgroup | undefined): boolean {
  return b !== undefined && (a === b || (a.name === b.name && a.kind === b.kind && a.id === b.id));
}

function isClose(knownMs: number, bornMs: number): boolean {
  if (Number.isNaN(knownMs) || Number.isNaN(bornMs)) return Number.isNaN(knownMs) && Number.isNaN(bornMs);
  return Math.abs(knownMs - bornMs) <= bornToleranceMs;
}
