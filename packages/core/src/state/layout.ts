/**
 * Where a container's state lies. Everything below the runtime directory may be lost at a reboot; the data directory
 * is kept.
 *
 *     RUNTIME/.lock         held shared while a state directory is made, exclusively by clean-ups
 *     RUNTIME/.events       the journal of events (.events.1: the one before)
 *     RUNTIME/NAME          a symbolic link to an id: names and ids share one name space
 *     RUNTIME/ID/           the state directory; its supervisor holds a lock on it (flock) as long as it lives
 *         alive             a FIFO that the supervisor has open: readers see its end when the supervisor is gone
 *         config.json       what `Container.create` was asked for. `run()` makes none: without it, nothing is kept
 *         launch.json       what the last start was made of
 *         running           while it runs: pid and descriptors, binary (`launch/protocol.ts`)
 *         ended             `running` under another name, from the end of the command until `exited` is there
 *         exited            how the last run ended, binary
 *         lock              held by a process that changes the configuration
 *     DATA/containers/.ID   a symbolic link to the state directory: when that is gone, so is the use of the data
 *     DATA/containers/ID/   log, log.1 (binary frames), upper and work (what it wrote over its image)
 *     DATA/volumes/NAME/    a named volume
 *     DATA/volumes/.NAME.json  its labels, where it has any
 *     DATA/code/            what Node.js compiled of tctl (apps/tctl/bin/compile.cjs)
 */
import { basename, dirname, join } from 'node:path';

export const runtimeFiles = { lock: '.lock', events: '.events', oldEvents: '.events.1' } as const;

export const stateFiles = {
  alive: 'alive',
  config: 'config.json',
  launch: 'launch.json',
  running: 'running',
  ended: 'ended',
  exited: 'exited',
  lock: 'lock',
} as const;

export const dataFiles = { log: 'log', oldLog: 'log.1', upper: 'upper', work: 'work' } as const;

export function containerDataDirectory(dataDirectory: string, id: string): string {
  return join(dataDirectory, 'containers', id);
}

/** The link to the state directory, which tells whose data it is: see `data-links.ts`. */
export function dataLinkOf(containerDataDirectory: string): string {
  return join(dirname(containerDataDirectory), `.${basename(containerDataDirectory)}`);
}

export function volumeDirectory(dataDirectory: string, name: string): string {
  return join(dataDirectory, 'volumes', name);
}

/** What a supervisor itself can remove of them. */
export const containerDataFiles = [dataFiles.log, dataFiles.oldLog] as const;
