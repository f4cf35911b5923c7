/** What every file of this suite has: directories of its own, and the check that no test leaves a trace. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Container } from '@tc/core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { leftovers, processes, traces } from '../../support/leftovers.ts';
import { fastDirectory } from '../../support/rootfs.ts';
import { tctl } from './command.ts';
import { belongsToOthers, isOfContainerOfOthers } from './others.ts';

if (process.geteuid?.() !== 0)
  throw new Error('the e2e suite runs containers and looks for their traces: run it as root');

/** This file's own directory; it is gone after its tests. */
export const directory = mkdtempSync(join(fastDirectory, 'e2e-suite-'));
chmodSync(directory, 0o755); // an ordinary user finds what is in it
export const runtimeDirectory = join(directory, 'run');
export const dataDirectory = join(directory, 'data');
process.env['TCTL_RUNTIME_DIR'] = runtimeDirectory;
process.env['TCTL_DATA_DIR'] = dataDirectory;

/** An empty directory of the test's own. */
export function newDirectory(): string {
  return mkdtempSync(join(directory, 'd-'));
}

const roomy: string[] = [];

/** As newDirectory(), for hundreds of megabytes: where tests run in a container, /dev/shm may have 64. */
export function newRoomyDirectory(): string {
  const { bavail, bsize } = statfsSync(directory);
  if (bavail * bsize > 2e9) return newDirectory();
  const path = mkdtempSync(join(tmpdir(), 'e2e-suite-'));
  roomy.push(path);
  return path;
}

let count = 0;

/** A name for a container that no other test of this machine has. */
export function newName(): string {
  count += 1;
  return `e${process.pid}-${count}`;
}

const isOurs = (line: string, ids: ReadonlySet<string>): boolean =>
  line.includes(`e${process.pid}-`) ||
  line.includes(directory) ||
  [...ids].some((id) => line.includes(id)) ||
  /^(descriptor|process \d+ our child) /.test(line);

/** Of all containers that this file has made so far. */
async function ourIds(): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for await (const { id } of Container.events({ since: new Date(0), until: new Date() })) ids.add(id);
  return ids;
}

let before: ReadonlySet<string> = new Set();
let processesBefore: ReadonlySet<number> = new Set();

/** What is there now, was not before the test, and stays. Somebody else may run containers too, but theirs end. */
export async function newTraces(): Promise<string[]> {
  const ids = await ourIds();
  const { left } = await leftovers(before, runtimeDirectory, (line) => isOurs(line, ids));
  return left.filter((line) => {
    const pid = /^process (\d+) /.exec(line)?.[1];
    if (isOfContainerOfOthers(line, ids)) return false;
    return pid === undefined || !belongsToOthers(Number(pid), processesBefore);
  });
}

beforeAll(async () => {
  mkdirSync(runtimeDirectory, { recursive: true, mode: 0o700 });
  // Makes the image, so that no test has to wait for it, and the descriptors that Node.js keeps.
  expect(await tctl('run', 'host', 'true')).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
});

beforeEach(() => {
  before = traces(runtimeDirectory);
  processesBefore = new Set(processes().map(({ pid }) => pid));
});

afterEach(async () => {
  expect(await newTraces(), 'left behind').toEqual([]);
});

afterAll(() => {
  for (const path of [directory, ...roomy]) rmSync(path, { recursive: true, force: true });
});
