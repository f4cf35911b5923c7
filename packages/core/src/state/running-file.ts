/** The file `running`: there as long as the container runs, and gone before its first process is reaped. */
import { runningLayout, runningMagic } from '../launch/protocol.ts';
import { readBytes } from './files.ts';
import { stateFiles } from './layout.ts';

export interface Running {
  /** The container's first process, as the host sees it. */
  readonly pid: number;
  readonly supervisorPid: number;
  /** Descriptors of the supervisor. */
  readonly terminalFd: number | undefined;
  readonly stdinFd: number | undefined;
  readonly startedAt: Date;
}

/** @returns undefined for what is no such file, or cut. */
export function decodeRunning(bytes: Buffer): Running | undefined {
  if (bytes.length < runningLayout.size || bytes.readUInt32LE(runningLayout.magic) !== runningMagic) {
    return undefined;
  }
  const number = (at: number) => Number(bytes.readBigInt64LE(at));
  const fd = (at: number) => (number(at) < 0 ? undefined : number(at));
  return {
    pid: number(runningLayout.pid),
    supervisorPid: number(runningLayout.supervisorPid),
    terminalFd: fd(runningLayout.terminalFd),
    stdinFd: fd(runningLayout.stdinFd),
    startedAt: new Date(
      number(runningLayout.startedAt) * 1000 + Math.floor(number(runningLayout.startedAt + 8) / 1e6),
    ),
  };
}

export function readRunning(stateDirectory: string): Running | undefined {
  return read(`${stateDirectory}/${stateFiles.running}`);
}

/** The same file once the command has ended, and how is not known yet: its pid means nothing any more. */
export function readEnded(stateDirectory: string): Running | undefined {
  return read(`${stateDirectory}/${stateFiles.ended}`);
}

function read(path: string): Running | undefined {
  const bytes = readBytes(path);
  return bytes && decodeRunning(bytes);
}
