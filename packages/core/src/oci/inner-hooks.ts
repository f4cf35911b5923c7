/**
 * Hooks that run in the container's namespaces, as processes that join them. createContainer comes before the change of
 * root: the host's files are there still, and its program is one of the host's, with all privileges of the namespaces.
 * startContainer's program is the container's own, and gets no more than the command itself.
 */

import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  capabilityNames,
  keepOrphans,
  memfdCreate,
  pidfdOpen,
  pidfdSendSignal,
  pipe,
  readOptional,
} from '@tc/linux';
import type { ProcessSpec } from '../launch/spec.ts';
import type { HookName, OciHook } from './config/hooks.ts';
import { hookFailed } from './hooks.ts';
import { type ExecTarget, launchIn } from './launch-in.ts';
import { whenChildEnds } from './wait-for-child.ts';

const [MFD_CLOEXEC, SIGKILL] = [1, 9];
/** Of what it says on stderr. */
const keptBytes = 1000;
/** For what it has said, when it has ended: a child of its may have the pipe open still. */
const patienceMs = 500;

/** One after the other. @throws (rejects) TcError HOOK_FAILED at the first that fails */
export async function runInnerHooks(
  name: HookName,
  hooks: readonly OciHook[],
  target: ExecTarget,
  state: object,
  process: ProcessSpec,
): Promise<void> {
  for (const [index, hook] of hooks.entries()) {
    await runHook(`hooks.${name}[${index}]`, hook, target, state, process);
  }
}

async function runHook(
  at: string,
  { path, args, env, timeoutSeconds }: OciHook,
  target: ExecTarget,
  state: object,
  process: ProcessSpec,
): Promise<void> {
  const stdin = readerOf(JSON.stringify(state));
  const nowhere = openSync('/dev/null', 'r+');
  const stderr = pipe();
  const said = beginningOf(stderr.read);
  let child: number;
  try {
    using _orphans = keepOrphans();
    const own: ProcessSpec = { ...process, executable: path, argv: args.length > 0 ? args : [path], env };
    const streams = {
      stdio: [stdin, nowhere, stderr.write],
      console: undefined,
      terminal: undefined,
    } as const;
    const started = await launchIn(target, own, { ...streams, preserveFds: 0, ownStreams: [] });
    child = started.pid;
  } catch (error) {
    throw hookFailed(at, path, (error as Error).message, '');
  } finally {
    for (const fd of [stdin, nowhere, stderr.write]) closeSync(fd);
  }
  const status = await endInTime(child, timeoutSeconds);
  const words = await said();
  if (status === 0) return;
  const signal = status & 0x7f;
  throw hookFailed(at, path, signal === 0 ? `exit code ${status >> 8}` : `signal ${signal}`, words);
}

/** A file in memory: to write to a pipe could wait for a hook that never reads. */
function readerOf(text: string): number {
  const file = memfdCreate('state', MFD_CLOEXEC);
  try {
    writeSync(file, text);
    return openSync(`/proc/self/fd/${file}`, 'r');
  } finally {
    closeSync(file);
  }
}

/** Reads on, so that nobody waits for it, but keeps only the beginning. Whoever has it open still is not waited for. */
function beginningOf(fd: number): () => Promise<string> {
  let text = '';
  const socket = new Socket({ fd, readable: true, writable: false });
  socket.on('error', () => {});
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < keptBytes) text += chunk;
  });
  const closed = once(socket, 'close');
  return async () => {
    await Promise.race([closed, sleep(patienceMs)]);
    socket.destroy();
    return text;
  };
}

async function endInTime(pid: number, seconds: number | undefined): Promise<number> {
  const pidfd = pidfdOpen(pid);
  const kill = () => {
    if (pidfd !== undefined) pidfdSendSignal(pidfd, SIGKILL);
  };
  const timer = seconds === undefined ? undefined : setTimeout(kill, seconds * 1000);
  try {
    return await whenChildEnds(pid);
  } finally {
    clearTimeout(timer);
    if (pidfd !== undefined) closeSync(pidfd);
  }
}

/** As processes of its own PID namespace see it: proc_pid_status(5). */
export function pidInside(pid: number): number {
  const ids = /^NSpid:(.*)$/m
    .exec(readOptional(`/proc/${pid}/status`) ?? '')?.[1]
    ?.trim()
    .split(/\s+/);
  return Number(ids?.at(-1) ?? pid);
}

/** What createContainer's hooks run as: root of the container's namespaces, with all that this process may. */
export function fullPrivileges(): ProcessSpec {
  const permitted = BigInt(
    `0x${/^CapPrm:\s*(\w+)/m.exec(readOptional('/proc/self/status') ?? '')?.[1] ?? '0'}`,
  );
  const capabilities = capabilityNames
    .map((_, index) => index)
    .filter((index) => (permitted >> BigInt(index)) & 1n);
  return {
    argv: [],
    env: [],
    cwd: '/',
    uid: 0,
    gid: 0,
    additionalGids: [],
    umask: 0o022,
    capabilities,
    noNewPrivileges: false,
    newKeyring: false,
    supervised: false,
    rlimits: [],
    oomScoreAdj: undefined,
    seccompProfile: 'unconfined',
    seccomp: undefined,
    maskedPaths: [],
    readonlyPaths: [],
  };
}
