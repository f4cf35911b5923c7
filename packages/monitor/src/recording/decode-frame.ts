import type { Cgroup, CgroupKind } from '../cgroups/cgroup.ts';
import { counterCount, figureCount } from '../figures/slots.ts';
import type { CgroupSample, Frame } from '../frames/frame.ts';
import { toFigures, toRates } from '../sampling/to-sample.ts';
import { type CgroupState, sampleFlags as flags, newState, readMsOf } from './cgroup-state.ts';
import { Cursor } from './cursor.ts';
import { damaged } from './errors.ts';
import { hostColumns, hostOf, hostScale, mostHostValues } from './host-values.ts';
import { predictRates, readRates } from './rates.ts';
import type { Schema } from './schema.ts';
import { readValues } from './values.ts';

/** So many directories a hierarchy may have by default, and more than Linux copes with: 40 MB of numbers. */
const mostCgroups = 65_536;
const longestMs = 2 ** 43;

/** Frames out of the differences that `FrameEncoder` writes. After an error it has to begin with a key frame. */
export class FrameDecoder {
  readonly #schema: Schema;
  readonly #scaleOf = (index: number) => this.#schema.columns[index]?.scale ?? 1;
  #live: CgroupState[] = [];
  #host = new Float64Array();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  reset(): void {
    this.#live = [];
    this.#host = new Float64Array();
  }

  /** @throws TcError RECORDING_DAMAGED */
  decode(body: Buffer, timeMs: number): Frame {
    const cursor = new Cursor(body);
    const monotonicMs = cursor.varint() / 1000;
    const intervalMs = cursor.varint() / 1000;
    this.#readHost(cursor);
    this.#readChangesOfCgroups(cursor);
    const cgroups = this.#live
      .map((state) => this.#readSample(cursor, state, monotonicMs, timeMs))
      .sort((a, b) => (a.cgroup.path < b.cgroup.path ? -1 : 1));
    if (cursor.left > 0) throw damaged('something follows it');
    return {
      time: new Date(timeMs),
      monotonicMs,
      intervalMs,
      host: hostOf(this.#host, monotonicMs),
      cgroups,
    };
  }

  #readHost(cursor: Cursor): void {
    const length = cursor.varint();
    if (length < hostColumns || length > mostHostValues) throw damaged('the host has no such figures');
    if (length !== this.#host.length) this.#host = new Float64Array(length).fill(Number.NaN);
    readValues(cursor, this.#host, hostScale);
  }

  #readChangesOfCgroups(cursor: Cursor): void {
    const gone = new Set<number>();
    let place = -1;
    for (let count = cursor.count(this.#live.length); count > 0; count--) {
      place += cursor.varint() + 1;
      if (place >= this.#live.length) throw damaged('a cgroup is gone that was not there');
      gone.add(place);
    }
    if (gone.size > 0) this.#live = this.#live.filter((_, index) => !gone.has(index));
    const fresh = cursor.count(mostCgroups - this.#live.length);
    for (let count = fresh; count > 0; count--) this.#live.push(newState(readCgroup(cursor), this.#schema));
  }

  #readSample(cursor: Cursor, state: CgroupState, monotonicMs: number, timeMs: number): CgroupSample {
    const head = cursor.byte();
    if (head & flags.age) state.ageTenths += cursor.signed();
    if (!(state.ageTenths >= 0 && state.ageTenths <= longestMs))
      throw damaged('a sample is older than can be');
    if (head & flags.born) {
      const uptime = cursor.varint();
      state.bornMs = uptime === 0 ? Number.NaN : timeMs - (uptime - 1);
    }
    const { columns, counters, figureSlots, rateSlots } = this.#schema;
    const [figuresBefore, ratesBefore] = [state.figures.slice(), state.rates.slice()];
    if (head & flags.figures) readValues(cursor, state.figures, this.#scaleOf);
    const readMs = readMsOf(monotonicMs, state.ageTenths);
    predictRates(this.#schema, figuresBefore, state.figures, (readMs - state.readMs) / 1000, state.rates);
    state.readMs = readMs;
    if (head & flags.rates) readRates(cursor, state.rates, ratesBefore);
    const figures = new Float64Array(figureCount).fill(Number.NaN);
    for (let index = 0; index < columns.length; index++) {
      const slot = figureSlots[index];
      if (slot !== undefined) figures[slot] = state.figures[index] as number;
    }
    const rates = new Float64Array(counterCount).fill(Number.NaN);
    for (let index = 0; index < counters.length; index++) {
      const slot = rateSlots[index];
      if (slot !== undefined) rates[slot] = state.rates[index] as number;
    }
    return {
      cgroup: state.cgroup,
      figures: toFigures(figures, 0),
      rates: toRates(rates, 0),
      ageMs: state.ageTenths / 10,
      stale: (head & flags.stale) !== 0,
      uptimeMs: Number.isNaN(state.bornMs) ? undefined : Math.max(0, timeMs - state.bornMs),
    };
  }
}

const kinds: Readonly<Record<CgroupKind, true>> = {
  tctl: true,
  docker: true,
  podman: true,
  containerd: true,
  crio: true,
  kubernetes: true,
  lxc: true,
  systemd: true,
  other: true,
};

/** Without its directories: they were there when it was recorded. */
function readCgroup(cursor: Cursor): Cgroup {
  const [path, kind, name, id] = [cursor.text(), cursor.text(), cursor.text(), cursor.text()];
  return {
    path,
    kind: Object.hasOwn(kinds, kind) ? (kind as CgroupKind) : 'other',
    name,
    id: id === '' ? undefined : id,
    directories: {},
  };
}
