import type { SeriesName } from '@tc/monitor';
import type { Row } from '../../model/row.ts';
import { bytes, count, percent } from '../../text/sizes.ts';
import type { Pens } from '../../theme/theme.ts';

/** A graph of the detail view. */
export interface PanelSpec {
  readonly title: string;
  /** Their sum is drawn; of pressure, the highest. */
  readonly series: readonly SeriesName[];
  readonly combine: 'sum' | 'highest';
  /** What the values of the series are called beside each other, where there are several. */
  readonly names: readonly string[];
  readonly pen: keyof Pens;
  readonly base: 1024 | 1000;
  /** What a value of the series is in the graph's unit. */
  readonly scale: number;
  readonly limit: (row: Row) => number | undefined;
  /** The top of the axis is at least this. */
  readonly least: number;
  /** The top is this and nothing else. */
  readonly most?: number;
  readonly format: (value: number) => string;
}

const none = () => undefined;

export const panels = {
  memory: {
    title: 'Memory',
    series: ['memoryBytes'],
    combine: 'sum',
    names: [],
    pen: 'memory',
    base: 1024,
    scale: 1,
    limit: ({ memoryLimitBytes }) => memoryLimitBytes,
    least: 2 ** 20,
    format: (value) => bytes(value),
  },
  cpu: {
    title: 'CPU',
    series: ['cpuUsageUsec'],
    combine: 'sum',
    names: [],
    pen: 'cpu',
    base: 1000,
    scale: 1e-6,
    limit: ({ cpuLimit }) => cpuLimit,
    least: 0.1,
    format: (value) => `${percent(value)}%`,
  },
  pids: {
    title: 'Processes and threads',
    series: ['pids'],
    combine: 'sum',
    names: [],
    pen: 'pids',
    base: 1000,
    scale: 1,
    limit: ({ pidsLimit }) => pidsLimit,
    least: 8,
    format: (value) => count(value),
  },
  io: {
    title: 'Disks',
    series: ['ioReadBytes', 'ioWriteBytes'],
    combine: 'sum',
    names: ['read', 'written'],
    pen: 'io',
    base: 1024,
    scale: 1,
    limit: none,
    least: 64 * 1024,
    format: (value) => `${bytes(value)}/s`,
  },
  network: {
    title: 'Network',
    series: ['networkReceiveBytes', 'networkTransmitBytes'],
    combine: 'sum',
    names: ['received', 'sent'],
    pen: 'network',
    base: 1024,
    scale: 1,
    limit: none,
    least: 64 * 1024,
    format: (value) => `${bytes(value)}/s`,
  },
  pressure: {
    title: 'Waiting (PSI)',
    series: ['cpuPressureSome', 'memoryPressureSome', 'ioPressureSome'],
    combine: 'highest',
    names: ['cpu', 'memory', 'disks'],
    pen: 'pressure',
    base: 1000,
    scale: 1,
    limit: none,
    least: 1,
    most: 1,
    format: (value) => `${percent(value)}%`,
  },
} as const satisfies Record<string, PanelSpec>;

export type PanelName = keyof typeof panels;

export interface PlacedPanel {
  readonly name: PanelName;
  readonly column: 0 | 1;
  readonly height: number;
}

/** Fewer rows make no graph. */
const leastHeight = 5;

/** Which graphs there is room for, and how high they are. Memory is what containers are killed for: it is the largest. */
export function placePanels(width: number, height: number): readonly PlacedPanel[] {
  if (width >= 100 && height >= 2 * leastHeight) {
    const right = (['cpu', 'io', 'network', 'pressure'] as const).slice(
      0,
      Math.max(1, Math.floor(height / leastHeight)),
    );
    return [...stack(['memory', 'pids'], height, 0, 1.4), ...stack(right, height, 1)];
  }
  const order = ['memory', 'cpu', 'pids', 'io', 'network', 'pressure'] as const;
  return stack(order.slice(0, Math.max(1, Math.floor(height / leastHeight))), height, 0, 1.3);
}

function stack(names: readonly PanelName[], height: number, column: 0 | 1, firstWeight = 1): PlacedPanel[] {
  let left = height;
  return names.map((name, index) => {
    const rest = names.length - index - 1;
    const weight = index === 0 && rest > 0 ? firstWeight : 1;
    const own =
      rest === 0
        ? left
        : Math.max(
            leastHeight,
            Math.min(Math.round((left * weight) / (weight + rest)), left - rest * leastHeight),
          );
    left -= own;
    return { name, column, height: own };
  });
}
