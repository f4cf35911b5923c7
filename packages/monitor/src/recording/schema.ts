/** Which figures a recording has, in which order: later versions of tctl may have others. */
import { counterNames, figureNames, slotOf } from '../figures/slots.ts';
import { type CounterName, type FigureName, type FigureSpec, figureTable } from '../figures/table.ts';
import type { Frame } from '../frames/frame.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Cursor } from './cursor.ts';
import { damaged } from './errors.ts';

export interface Column {
  readonly name: string;
  readonly isCounter: boolean;
  /** Its file is read less often, so its rate stays while it does: see `predictRate`. */
  readonly isSlow: boolean;
  /** It is written as a whole number of so many parts. */
  readonly scale: number;
}

export interface Schema {
  readonly columns: readonly Column[];
  /** Of those that count, by their columns. */
  readonly counters: readonly number[];
  /** For what this version knows: the column's place among the figures and rates of today. */
  readonly figureSlots: readonly (number | undefined)[];
  readonly rateSlots: readonly (number | undefined)[];
}

/** The kernel prints shares of time with two digits after the point of a percentage. */
const shareScale = 10_000;
const mostColumns = 256;

/** v1 counts CPU time in nanoseconds, and v2 in microseconds. */
const nanosecondScale = 1000;

/** @param first whose counters tell how finely the kernel counts */
export function columnsFor({ cgroups }: Pick<Frame, 'cgroups'>): readonly Column[] {
  return figureNames.map((name) => {
    const spec: FigureSpec = figureTable[name];
    const isCounter = spec.kind === 'counter';
    const inNanoseconds =
      isCounter &&
      name.endsWith('Usec') &&
      cgroups.some(({ figures }) => !Number.isInteger(figures[name] ?? 0));
    const isShare = !isCounter && name.includes('Pressure');
    return {
      name,
      isCounter,
      isSlow: spec.expensive === true,
      scale: inNanoseconds ? nanosecondScale : isShare ? shareScale : 1,
    };
  });
}

export function schemaOf(columns: readonly Column[]): Schema {
  const counters = columns.flatMap(({ isCounter }, index) => (isCounter ? [index] : []));
  const known = (name: string) => (Object.hasOwn(slotOf, name) ? slotOf[name as FigureName] : undefined);
  const rate = (index: number) => {
    const at = counterNames.indexOf((columns[index]?.name ?? '') as CounterName);
    return at === -1 ? undefined : at;
  };
  return {
    columns,
    counters,
    figureSlots: columns.map(({ name }) => known(name)),
    rateSlots: counters.map(rate),
  };
}

export function writeSchema(writer: ByteWriter, { columns }: Schema): void {
  writer.varint(columns.length);
  for (const { name, isCounter, isSlow, scale } of columns) {
    writer.text(name);
    writer.byte(Number(isCounter) + 2 * Number(isSlow));
    writer.varint(scale);
  }
}

/** @throws TcError RECORDING_DAMAGED */
export function readSchema(cursor: Cursor): Schema {
  const columns = Array.from({ length: cursor.count(mostColumns) }, (): Column => {
    const [name, flags, scale] = [cursor.text(), cursor.byte(), cursor.varint()];
    if (scale < 1) throw damaged('a figure has no scale');
    return { name, isCounter: (flags & 1) !== 0, isSlow: (flags & 2) !== 0, scale };
  });
  return schemaOf(columns);
}
