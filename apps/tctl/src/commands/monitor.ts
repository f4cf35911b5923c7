/** The commands that look at what containers use: one bundle, as all need the monitor. */
import type { Command } from '../cli/command.ts';
import { metricsCommand } from './metrics.ts';
import { recordCommand } from './record.ts';
import { statsCommand } from './stats.ts';
import { topCommand } from './top.ts';

export const monitorCommands = {
  metrics: metricsCommand,
  record: recordCommand,
  stats: statsCommand,
  top: topCommand,
} satisfies Record<string, Command>;

export type MonitorCommand = keyof typeof monitorCommands;
