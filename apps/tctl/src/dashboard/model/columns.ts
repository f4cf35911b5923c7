import type { Align } from '../text/fit.ts';
import type { Row } from './row.ts';

export interface ColumnSpec {
  /** In the heading. */
  readonly title: string;
  /** In the column chooser. */
  readonly about: string;
  readonly align: Align;
  /** Cells that it needs, and that it makes use of. */
  readonly min: number;
  readonly max: number;
  /** Where there is no room for all, the highest go first. 0 always stays. */
  readonly priority: number;
  /** What rows are sorted by; a graph sorts by what it shows. */
  readonly value: (row: Row) => number | string | undefined;
  /** Big things first, where one sorts by it anew. */
  readonly descends?: true;
  /** Not there until somebody chooses it. */
  readonly isHidden?: true;
}

const stateOrder = { running: 0, paused: 1, created: 2, exited: 3, cgroup: 4, group: 5 };

export const columnTable = {
  state: {
    title: 'STATE',
    about: 'State',
    align: 'left',
    min: 1,
    max: 9,
    priority: 0,
    value: ({ state }) => stateOrder[state],
  },
  name: {
    title: 'NAME',
    about: 'Name',
    align: 'left',
    min: 14,
    max: 32,
    priority: 0,
    value: ({ name }) => name,
  },
  image: {
    title: 'IMAGE',
    about: 'Image',
    align: 'left',
    min: 8,
    max: 18,
    priority: 8,
    value: ({ facts }) => facts?.image,
  },
  uptime: {
    title: 'UP',
    about: 'How long it has been running',
    align: 'right',
    min: 6,
    max: 6,
    priority: 5,
    value: ({ uptimeMs }) => uptimeMs,
  },
  cpu: {
    title: 'CPU%',
    about: 'CPU in use: 100 is one of them',
    align: 'right',
    min: 5,
    max: 5,
    priority: 0,
    value: ({ cpu }) => cpu,
    descends: true,
  },
  cpuGraph: {
    title: '',
    about: 'CPU over time',
    align: 'left',
    min: 6,
    max: 16,
    priority: 4,
    value: ({ cpu }) => cpu,
    descends: true,
  },
  memory: {
    title: 'MEM',
    about: 'Memory in use',
    align: 'right',
    min: 5,
    max: 5,
    priority: 0,
    value: ({ memoryBytes }) => memoryBytes,
    descends: true,
  },
  memoryLimit: {
    title: '/LIMIT',
    about: 'Memory limit',
    align: 'left',
    min: 6,
    max: 6,
    priority: 3,
    value: ({ memoryLimitBytes }) => memoryLimitBytes,
    descends: true,
  },
  memoryGraph: {
    title: '',
    about: 'Memory over time',
    align: 'left',
    min: 6,
    max: 24,
    priority: 1,
    value: ({ memoryBytes, memoryLimitBytes }) =>
      memoryBytes === undefined || memoryLimitBytes === undefined
        ? undefined
        : memoryBytes / memoryLimitBytes,
    descends: true,
  },
  pids: {
    title: 'PIDS',
    about: 'Processes and threads',
    align: 'right',
    min: 4,
    max: 4,
    priority: 0,
    value: ({ pids }) => pids,
    descends: true,
  },
  pidsLimit: {
    title: '/MAX',
    about: 'Limit of processes and threads',
    align: 'left',
    min: 5,
    max: 5,
    priority: 6,
    value: ({ pidsLimit }) => pidsLimit,
    descends: true,
  },
  pidsGraph: {
    title: '',
    about: 'Processes and threads over time',
    align: 'left',
    min: 5,
    max: 14,
    priority: 2,
    value: ({ pids, pidsLimit }) =>
      pids === undefined || pidsLimit === undefined ? undefined : pids / pidsLimit,
    descends: true,
  },
  read: {
    title: 'READ',
    about: 'Bytes a second read from disks',
    align: 'right',
    min: 5,
    max: 5,
    priority: 9,
    value: ({ readRate }) => readRate,
    descends: true,
  },
  write: {
    title: 'WRITE',
    about: 'Bytes a second written to disks',
    align: 'right',
    min: 5,
    max: 5,
    priority: 9,
    value: ({ writeRate }) => writeRate,
    descends: true,
  },
  receive: {
    title: 'RX',
    about: 'Bytes a second received',
    align: 'right',
    min: 5,
    max: 5,
    priority: 10,
    value: ({ receiveRate }) => receiveRate,
    descends: true,
  },
  transmit: {
    title: 'TX',
    about: 'Bytes a second sent',
    align: 'right',
    min: 5,
    max: 5,
    priority: 10,
    value: ({ transmitRate }) => transmitRate,
    descends: true,
  },
  throttled: {
    title: 'THR%',
    about: 'How often it used up its CPU limit',
    align: 'right',
    min: 4,
    max: 4,
    priority: 7,
    value: ({ throttled }) => throttled,
    descends: true,
  },
  oom: {
    title: 'OOM',
    about: 'Processes ended for want of memory',
    align: 'right',
    min: 3,
    max: 3,
    priority: 6,
    value: ({ oomKills }) => oomKills,
    descends: true,
  },
  pressure: {
    title: 'PSI%',
    about: 'Time spent waiting for CPU, memory or disks (PSI)',
    align: 'right',
    min: 4,
    max: 4,
    priority: 11,
    value: ({ pressure }) => pressure,
    descends: true,
  },
  command: {
    title: 'COMMAND',
    about: 'Command',
    align: 'left',
    min: 10,
    max: 60,
    priority: 12,
    value: ({ facts }) => facts?.command.join(' '),
  },
  id: {
    title: 'ID',
    about: 'Id, or the path of the cgroup',
    align: 'left',
    min: 12,
    max: 12,
    priority: 13,
    value: ({ key }) => key,
    isHidden: true,
  },
} as const satisfies Record<string, ColumnSpec>;

export type ColumnId = keyof typeof columnTable;
export const columnIds = Object.keys(columnTable) as readonly ColumnId[];
export const columnSpec = (id: ColumnId): ColumnSpec => columnTable[id];
export const defaultColumns: readonly ColumnId[] = columnIds.filter((id) => columnSpec(id).isHidden !== true);
