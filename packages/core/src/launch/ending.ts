import { constants as os } from 'node:os';
import { causes, figureOffset, figureSize, recordLayout } from './protocol.ts';

/** How a container ended, as its supervisor saw it. */
export interface Ending {
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly cause: 'none' | 'timeout' | 'ownerGone';
  readonly wallMs: number;
  /** From getrusage(2), for the first process and the children it waited for. */
  readonly maxRssBytes: number;
  readonly userUsec: number;
  readonly systemUsec: number;
  /** Texts of the cgroup files that the plan named. */
  readonly figures: ReadonlyMap<string, string>;
}

/** Reads the record that `phases/supervise.ts` sends at the end. */
export function decodeEnding(record: Buffer, figureNames: readonly string[]): Ending {
  const status = record.readUInt32LE(recordLayout.status);
  const number = status & 0x7f; // wait(2): 0 where it exited, else the signal
  const { rusage } = recordLayout;
  const figures = new Map<string, string>();
  figureNames.forEach((name, index) => {
    const at = figureOffset(index);
    const length = Number(record.readBigInt64LE(at));
    if (length > 0)
      figures.set(name, record.toString('latin1', at + 8, at + 8 + Math.min(length, figureSize - 8)));
  });
  const cause = Number(record.readBigInt64LE(recordLayout.cause));
  return {
    exitCode: number === 0 ? (status >> 8) & 0xff : undefined,
    signal: number === 0 ? undefined : signalName(number),
    cause: cause === causes.timeout ? 'timeout' : cause === causes.ownerGone ? 'ownerGone' : 'none',
    wallMs: timespecMs(record, recordLayout.end) - timespecMs(record, recordLayout.start),
    maxRssBytes: Number(record.readBigInt64LE(rusage + 32)) * 1024,
    userUsec: timevalUsec(record, rusage),
    systemUsec: timevalUsec(record, rusage + 16),
    figures,
  };
}

function timevalUsec(record: Buffer, at: number): number {
  return Number(record.readBigInt64LE(at)) * 1e6 + Number(record.readBigInt64LE(at + 8));
}

function timespecMs(record: Buffer, at: number): number {
  return Number(record.readBigInt64LE(at)) * 1e3 + Number(record.readBigInt64LE(at + 8)) / 1e6;
}

function signalName(number: number): NodeJS.Signals {
  const names = Object.entries(os.signals);
  return (names.find(([, value]) => value === number)?.[0] ?? `SIGRT${number}`) as NodeJS.Signals;
}
