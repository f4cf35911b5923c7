import { constants as os } from 'node:os';
import { causes, figureOffset, figureSize, recordLayout } from './protocol.ts';

/** How a container ended, as its supervisor saw it. */
export interface Ending {
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly cause: keyof typeof causes;
  /** Undefined where the command never ran. */
  readonly startedAt: Date | undefined;
  readonly finishedAt: Date;
  readonly wallMs: number;
  /** From getrusage(2), for the first process and the children it waited for. */
  readonly maxRssBytes: number;
  readonly userUsec: number;
  readonly systemUsec: number;
  /** Texts of the cgroup files that the plan named. */
  readonly figures: ReadonlyMap<string, string>;
}

const causeNames = Object.keys(causes) as (keyof typeof causes)[];

/** wait(2): the low seven bits are 0 where it exited, else the signal. */
export function decodeStatus(status: number): Pick<Ending, 'exitCode' | 'signal'> {
  const number = status & 0x7f;
  return number === 0
    ? { exitCode: (status >> 8) & 0xff, signal: undefined }
    : { exitCode: undefined, signal: signalName(number) };
}

/** @param signal what ended it */
export function decodeCause(number: number, signal: NodeJS.Signals | undefined): keyof typeof causes {
  const cause = causeNames.find((name) => causes[name] === number);
  // What was to be killed may have ended by itself in that moment. It had written too much all the same.
  return cause === undefined || (signal !== 'SIGKILL' && cause !== 'output') ? 'none' : cause;
}

/** Reads the record that `phases/supervise.ts` sends at the end. */
export function decodeEnding(record: Buffer, figureNames: readonly string[]): Ending {
  const status = record.readUInt32LE(recordLayout.status);
  const { exitCode, signal } = decodeStatus(status);
  const { rusage } = recordLayout;
  const figures = new Map<string, string>();
  figureNames.forEach((name, index) => {
    const at = figureOffset(index);
    const length = Number(record.readBigInt64LE(at));
    if (length > 0)
      figures.set(name, record.toString('latin1', at + 8, at + 8 + Math.min(length, figureSize - 8)));
  });
  return {
    exitCode,
    signal,
    cause: decodeCause(Number(record.readBigInt64LE(recordLayout.cause)), signal),
    startedAt: record.readBigInt64LE(recordLayout.startedAt) === 0n ? undefined : date(record, 'startedAt'),
    finishedAt: date(record, 'finishedAt'),
    wallMs: timespecMs(record, recordLayout.end) - timespecMs(record, recordLayout.start),
    maxRssBytes: Number(record.readBigInt64LE(rusage + 32)) * 1024,
    userUsec: timevalUsec(record, rusage),
    systemUsec: timevalUsec(record, rusage + 16),
    figures,
  };
}

function date(record: Buffer, field: 'startedAt' | 'finishedAt'): Date {
  return new Date(timespecMs(record, recordLayout[field]));
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
