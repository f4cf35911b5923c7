/** What the files of a state directory say together, while others write and remove them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerExit } from '../container/options.ts';
import { isAlive } from './alive.ts';
import { type ContainerConfig, readConfig } from './config-file.ts';
import { decodeExited, lostExit } from './exited-file.ts';
import { readBytes } from './files.ts';
import { decodeLaunchFile, type LaunchFile } from './launch-file.ts';
import { stateFiles } from './layout.ts';
import { type Running, readEnded, readRunning } from './running-file.ts';

export interface ContainerRecord {
  readonly id: string;
  /** Absolute. */
  readonly directory: string;
  /** Undefined for what `run()` made. */
  readonly config: ContainerConfig | undefined;
  /** Undefined before the first start. */
  readonly launch: LaunchFile | undefined;
  /** It has a supervisor. */
  readonly alive: boolean;
  /** While its command runs. */
  readonly running: Running | undefined;
  /** How its last run ended, while there is no other. */
  readonly exit: ContainerExit | undefined;
}

export function readLaunch(stateDirectory: string): LaunchFile | undefined {
  const text = readBytes(join(stateDirectory, stateFiles.launch))?.toString();
  return text === undefined ? undefined : decodeLaunchFile(text);
}

/** So often a container may start or end while it is read. */
const mostTries = 5;

/**
 * What its files say at one moment.
 * @returns undefined where there is no such container, or what is left of one that nobody owns.
 * @throws TcError CONFIG_VERSION
 */
export function readContainer(runtimeDirectory: string, id: string): ContainerRecord | undefined {
  const directory = join(runtimeDirectory, id);
  for (let tries = 1; ; tries += 1) {
    const running = readRun(directory);
    const record = readFiles(directory, id, running);
    // An end removes this file first, and a start writes it last, but for the removal of `exited`.
    const now = readRun(directory);
    const changed = now?.startedAt.getTime() !== running?.startedAt.getTime();
    // A removal moves all of it away at once: what was read last is missing then.
    const gone = record?.config !== undefined && !existsSync(join(directory, stateFiles.config));
    if (!(changed || gone) || tries === mostTries) return record;
  }
}

function readFiles(directory: string, id: string, running: Running | undefined): ContainerRecord | undefined {
  const config = readConfig(directory);
  const alive = isAlive(directory);
  const launch = readLaunch(directory);
  // Without a configuration it is one of run()'s, or is about to be gone: `autoRemove` begins with that file.
  if (config === undefined && !(alive && launch?.ephemeral)) return undefined;
  const record = { id, directory, config, launch, alive };
  if (alive && running !== undefined) return { ...record, running, exit: undefined };
  // Beside `running`, which a start writes before it removes `exited`, that is of the run before.
  const lost = running !== undefined && existsSync(join(directory, stateFiles.running));
  const bytes = lost ? undefined : readBytes(join(directory, stateFiles.exited));
  const exit = bytes && decodeExited(bytes, launch?.figures ?? []);
  return { ...record, running: undefined, exit: exit ?? (running && lostExit(running.startedAt)) };
}

/** It counts as running until it is known how it ended. */
function readRun(directory: string): Running | undefined {
  return readRunning(directory) ?? readEnded(directory);
}
