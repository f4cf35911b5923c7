/** What every file of the kernel suite uses: containers with a name of ours, and the check that none leaves a trace. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Container, type ContainerOptions, type Run, type RunOptions, run } from '@tc/core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { cgroupMountPoints, leftovers, traces } from './leftovers.ts';
import { fastDirectory, hostRoot } from './rootfs.ts';
import { scaled } from './scale.ts';

if (process.geteuid?.() !== 0)
  throw new Error('the kernel suite makes cgroups and namespaces: run it as root');

/** This process's own directory; it is gone after each file. */
export const directory = join(fastDirectory, `kernel-suite-${process.pid}`);
export const runtimeDirectory = join(directory, 'run');
process.env['TCTL_RUNTIME_DIR'] = runtimeDirectory;
process.env['TCTL_DATA_DIR'] = join(directory, 'data'); // the shared root file system was found before

/** Every container of this file has a name that starts so. */
export const prefix = `k${process.pid}-`;
let count = 0;

export function newName(): string {
  count += 1;
  return `${prefix}${count}`;
}

/** An empty directory of the test's own. */
export function newDirectory(): string {
  return mkdtempSync(join(directory, 'd-'));
}

export function defaults(): RunOptions {
  return { rootfs: { path: hostRoot, mode: 'overlay' }, name: newName(), timeout: scaled(15_000) };
}

/** Runs a shell script, or a command, in a container. */
export function box(command: string | readonly string[], options: Partial<RunOptions> = {}): Run {
  return run(typeof command === 'string' ? ['sh', '-c', command] : command, { ...defaults(), ...options });
}

const madeIds: string[] = [];

/** Makes a container that runs a shell script, or a command. To be disposed of. */
export async function makeContainer(
  command: string | readonly string[],
  options: Partial<ContainerOptions> = {},
): Promise<Container> {
  const container = await Container.create({
    rootfs: { path: hostRoot, mode: 'overlay' },
    timeout: scaled(30_000),
    command: typeof command === 'string' ? ['sh', '-c', command] : command,
    ...options,
  });
  madeIds.push(container.id);
  return container;
}

/** What a script prints; it must succeed. */
export async function output(script: string, options: Partial<RunOptions> = {}): Promise<string> {
  const { exitCode, reason, stdout, stderr } = await box(script, options);
  expect({ exitCode, reason, stderr }).toEqual({ exitCode: 0, reason: 'exit', stderr: '' });
  return stdout;
}

/** Why a run is refused. */
export async function refusal(run: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  const error: unknown = await run.then(
    (value) => expect.unreachable(`it was not refused: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new TypeError(`not an error: ${String(error)}`);
  return error as Error & Record<string, unknown>;
}

/** The text of a file of the container's cgroups, from whichever hierarchy has it. */
export function cgroupFile(id: string, file: string): string {
  const paths = cgroupMountPoints().map((point) => join(point, `tctl-${id}`, file));
  const path = paths.find((each) => existsSync(each));
  if (path === undefined) throw new Error(`none of ${paths.join(', ')} is there`);
  return readFileSync(path, 'utf8').trim();
}

/** Waits until something holds. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  milliseconds = scaled(5000),
): Promise<void> {
  const start = performance.now();
  while (!(await holds())) {
    if (performance.now() - start > milliseconds)
      throw new Error(`in ${milliseconds} ms it did not happen: ${what}`);
    await sleep(2);
  }
}

const isOurs = (line: string): boolean =>
  line.includes(prefix) ||
  line.includes(directory) ||
  madeIds.some((id) => line.includes(id)) ||
  /^(descriptor|process \d+ our child) /.test(line);

let before: ReadonlySet<string> = new Set();

/** What of ours is there now and was not before the test. */
export async function newTraces(isMine: (line: string) => boolean = isOurs): Promise<string[]> {
  const { left } = await leftovers(before, runtimeDirectory, isMine, {
    ours: Math.min(scaled(100), 500),
    others: 0,
  });
  return left.filter(isMine);
}

/** To be called by each file: after each of its tests nothing may be left of its containers. */
export function watchLeftovers(): void {
  beforeAll(async () => {
    mkdirSync(runtimeDirectory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o755); // a user namespace's root is no root outside, and must find its root file system
    // The first child makes Node.js open descriptors of its own, which it keeps.
    await box(['true']);
    watch(runtimeDirectory).close(); // as does the first watch
    before = traces(runtimeDirectory);
  });

  afterEach(async () => {
    const { left, now } = await leftovers(before, runtimeDirectory, isOurs);
    before = now; // looking takes a while on slow machines, and nothing happens until the next test
    expect(left, 'left behind').toEqual([]);
  });

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
}
