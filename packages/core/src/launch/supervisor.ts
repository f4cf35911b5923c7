/** The Node.js side of a launch: starts the image, reads what the supervisor reports, passes signals on. */
import { closeSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { fcntl, memfd, memfdCreate, reap, SyscallError, socketPair, spawnProcess, TcError } from '@tc/linux';
import { decodeEnding, type Ending } from './ending.ts';
import { architecture, assemble } from './image.ts';
import { launchError } from './launch-error.ts';
import type { LaunchProgram } from './program.ts';
import { controlFd, messages, recordSize } from './protocol.ts';

export interface Supervisor {
  /** The pid of the container's first process on the host. Rejects where the launch failed. */
  readonly started: Promise<number>;
  /** Settles when the supervisor has cleaned up and is gone. */
  readonly ended: Promise<Ending>;
  /** @returns false where the container is gone already. */
  signal(signal: number): boolean;
}

/** @param stdio descriptors for the container's standard streams. @throws TcError */
export function launch(
  program: LaunchProgram,
  options: { id: string; stdio: readonly [number, number, number]; figureNames: readonly string[] },
): Supervisor {
  const open: number[] = [];
  try {
    const image = imageFile(program);
    open.push(image);
    const [ours, theirs] = socketPair();
    open.push(theirs, ours);
    const pid = spawnProcess(`/proc/self/fd/${image}`, ['tctl-shim', options.id], [...options.stdio, theirs]);
    open.pop(); // ours is the socket's from here on
    return attachTo(pid, new Socket({ fd: ours }), program, options.figureNames);
  } finally {
    for (const fd of open) closeSync(fd);
  }
}

/** A sealed memory file: nobody, not even root inside the container, can change what runs (CVE-2019-5736). */
function imageFile(program: LaunchProgram): number {
  const arch = architecture();
  if (arch === undefined) {
    throw new TcError(`no launch interpreter for ${process.arch}`, {
      code: 'ARCHITECTURE_UNSUPPORTED',
      operation: 'start a container',
      hint: 'There is one for x86-64 and for arm64.',
    });
  }
  const low = createMemoryFile();
  // Above the standard streams and the control socket, which would be put over a lower number.
  const fd = low > controlFd ? low : fcntl(low, memfd.F_DUPFD_CLOEXEC, controlFd + 1);
  if (fd !== low) closeSync(low);
  writeSync(fd, assemble(program, arch));
  const seals = memfd.F_SEAL_SEAL | memfd.F_SEAL_SHRINK | memfd.F_SEAL_GROW | memfd.F_SEAL_WRITE;
  fcntl(fd, memfd.F_ADD_SEALS, seals);
  return fd;
}

let memoryFileFlags = memfd.MFD_CLOEXEC | memfd.MFD_ALLOW_SEALING | memfd.MFD_EXEC;

function createMemoryFile(): number {
  try {
    return memfdCreate('tctl', memoryFileFlags);
  } catch (error) {
    if (!(error instanceof SyscallError && error.errnoName === 'EINVAL')) throw error;
    memoryFileFlags &= ~memfd.MFD_EXEC; // before Linux 6.3 every memory file can be executed
    return memfdCreate('tctl', memoryFileFlags);
  }
}

function attachTo(
  pid: number,
  control: Socket,
  program: LaunchProgram,
  figureNames: readonly string[],
): Supervisor {
  const started = Promise.withResolvers<number>();
  const ended = Promise.withResolvers<Ending>();
  started.promise.catch(() => {}); // whoever waits for the end learns of it there
  ended.promise.catch(() => {});
  let received: Buffer = Buffer.alloc(0);
  let ending: Ending | undefined;
  let failure: Error | undefined;

  control.on('error', () => {}); // 'close' follows
  control.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    while (received.length >= 8) {
      const kind = received.readUInt32LE(0);
      const value = received.readUInt32LE(4);
      if (kind === messages.ended) break;
      received = received.subarray(8);
      if (kind === messages.started) started.resolve(value);
      else failure ??= launchError(program, kind, value);
    }
  });
  // The supervisor never closes its end: the kernel does when it is on its way out.
  control.once('close', () => {
    reap(pid);
    finish();
  });

  function finish(): void {
    // A supervisor that was killed while it sent the record is one that did not report.
    if (received.length >= recordSize(figureNames.length)) ending = decodeEnding(received, figureNames);
    if (failure === undefined && ending !== undefined) {
      started.resolve(0);
      ended.resolve(ending);
      return;
    }
    const error =
      failure ??
      new TcError('the supervisor ended without a report', {
        code: 'SUPERVISOR_DIED',
        operation: 'run a container',
        hint: 'Something killed the process tctl-shim; tctl cleans up at its next call.',
      });
    started.reject(error);
    ended.reject(error);
  }

  return {
    started: started.promise,
    ended: ended.promise,
    signal(signal) {
      if (control.destroyed) return false;
      const order = Buffer.alloc(8);
      order.writeUInt32LE(signal);
      control.write(order);
      return true;
    },
  };
}
