/**
 * What the files of a state directory say together, while others write and remove them. Paths are made without join(),
 * which takes as long as the system calls: the list of a thousand containers is made here.
 */
import { existsSync, readdirSync } from 'node:fs';
import type { ContainerExit } from '../container/options.ts';
import { isAlive } from './alive.ts';
import { type ContainerConfig, readConfig } from './config-file.ts';
import { decodeExited, lostExit } from './exited-file.ts';
import { ifThere, readBytes, readText } from './files.ts';
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
  /** A run began, and how it ended is not on record: where there is no supervisor, it was lost. */
  readonly unfinished: boolean;
  /** How its last run ended, while there is no other. */
  readonly exit: ContainerExit | undefined;
}

export function readLaunch(stateDirectory: string): LaunchFile | undefined {
  const text = readText(`${stateDirectory}/${stateFiles.launch}`);
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
  const directory = `${runtimeDirectory}/${id}`;
  for (let tries = 1; ; tries += 1) {
    const running = readRun(directory);
    // Of a container that does not run most files are missing, and each would cost an error. The kernel reads a directory
    // this small while nothing is renamed in it (iterate_dir(), fs/readdir.c).
    const there = running === undefined ? new Set(ifThere(() => readdirSync(directory))) : undefined;
    const record = readFiles(directory, id, running, there);
    // An end removes this file first, and a start writes it last, but for the removal of `exited`.
    const now = readRun(directory);
    const missed = record?.unfinished === true && running === undefined;
    const changed = missed || now?.startedAt.getTime() !== running?.startedAt.getTime();
    // A removal moves all of it away at once: what was read last is missing then.
    const gone = record?.config !== undefined && !existsSync(`${directory}/${stateFiles.config}`);
    if (!(changed || gone) || tries === mostTries) return record;
  }
}

function readFiles(
  directory: string,
  id: string,
  running: Running | undefined,
  there: ReadonlySet<string> | undefined,
): ContainerRecord | undefined {
  const has = (name: keyof typeof stateFiles) => there?.has(stateFiles[name]) ?? true;
  const config = has('config') ? readConfig(directory) : undefined;
  const alive = has('alive') && isAlive(directory);
  const launch = has('launch') ? readLaunch(directory) : undefined;
  // Without a configuration it is one of run()'s, or is about to be gone: `autoRemove` begins with that file.
  if (config === undefined && !(alive && launch?.ephemeral)) return undefined;
  const unfinished = running !== undefined || has('running') || has('ended');
  const record = { id, directory, config, launch, alive, unfinished };
  if (alive && running !== undefined) return { ...record, running, exit: undefined };
  // Beside `running`, which a start writes before it removes `exited`, that is of the run before.
  const lost = running !== undefined && existsSync(`${directory}/${stateFiles.running}`);
  const bytes = lost || !has('exited') ? undefined : readBytes(`${directory}/${stateFiles.exited}`);
  const exit = bytes && decodeExited(bytes, launch?.figures ?? []);
  return { ...record, running: undefined, exit: exit ?? (running && lostExit(running.startedAt)) };
}

/** It counts as running until it is known how it ended. */
function readRun(directory: string): Running | undefined {
  const has = (name: string) => existsSync(`${directory}/${name}`);
  return (
    (has(stateFiles.running) ? readRunning(directory) : undefined) ??
    (has(stateFiles.ended) ? readEnded(directory) : undefined)
  );
}
