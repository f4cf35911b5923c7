import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '@tc/core';
import { makeBundle } from '../bundle.ts';
import { inPrivateNamespace } from '../private-namespace.ts';
import type { Workplace } from '../workplace.ts';
import { ociCommand } from './oci.ts';
import { bwrapCommand } from './others.ts';

/** What stays in memory for a container besides the container: in KiB, from /proc/PID/smaps of its supervisor. */
export interface SupervisorMemory {
  readonly name: string;
  /** Pages that no other process has: what one more container costs. */
  readonly privateKb: number;
  /** Of those, pages that no file backs: they can't be dropped and read again. */
  readonly privateAnonymousKb: number;
  /** Pages that other processes map too: libraries, the program's text. */
  readonly sharedKb: number;
}

const command = ['/bin/sleep', '600'];

export async function tctlMemory(place: Workplace): Promise<SupervisorMemory> {
  const options = { rootfs: place.rootfs, name: place.id(), stdout: 'ignore', stderr: 'ignore' } as const;
  await using container = run(command, options);
  const pid = await container.started;
  const parent = /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return read('tctl-shim', Number(parent));
}

export const bwrapMemory = (place: Workplace) => memoryOf('bwrap', bwrapCommand(place, command));

/** `runc run` and `crun run` stay in the foreground; detached, an engine has conmon or a shim beside each. */
export function ociMemory(place: Workplace, runtime: 'runc' | 'crun'): Promise<SupervisorMemory> {
  const oci = ociCommand(place, runtime, makeBundle(place, command, false));
  return memoryOf(`${runtime} run`, runtime === 'crun' ? inPrivateNamespace(oci) : oci);
}

/** The process that was started stays for the container's life, with each of these. */
async function memoryOf(name: string, [file = '', ...args]: readonly string[]): Promise<SupervisorMemory> {
  const child = spawn(file, args, { stdio: 'ignore' });
  const exit = once(child, 'exit');
  try {
    const first = await descendantNamed(child.pid ?? 0, 'sleep');
    const memory = read(name, child.pid ?? 0);
    process.kill(first, 'SIGKILL');
    return memory;
  } finally {
    await exit;
  }
}

async function descendantNamed(ancestor: number, name: string): Promise<number> {
  for (let turn = 0; turn < 500; turn += 1) {
    const found = descendants(ancestor).find((pid) => nameOf(pid) === name);
    if (found !== undefined) return found;
    await sleep(10);
  }
  throw new Error(`${name} did not start`);
}

/** Undefined where it has ended. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const nameOf = (pid: number) => attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());

function descendants(pid: number): number[] {
  const threads = attempt(() => readdirSync(`/proc/${pid}/task`)) ?? [];
  const children = threads.flatMap((thread) =>
    (attempt(() => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')) ?? '')
      .split(' ')
      .filter(Boolean)
      .map(Number),
  );
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function read(name: string, pid: number): SupervisorMemory {
  const smaps = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kb = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(smaps)?.[1] ?? Number.NaN);
  return {
    name,
    privateKb: kb('Private_Clean') + kb('Private_Dirty'),
    privateAnonymousKb: kb('Anonymous'),
    sharedKb: kb('Shared_Clean') + kb('Shared_Dirty'),
  };
}
