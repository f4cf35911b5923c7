import { closeSync, writeSync } from 'node:fs';
import { fcntl, memfd, memfdCreate, SyscallError, TcError } from '@tc/linux';
import { architecture, assemble } from './image.ts';
import type { LaunchProgram } from './program.ts';

/** A sealed memory file: nobody, not even root inside the container, can change what runs (CVE-2019-5736). */
export function imageFile(program: LaunchProgram, lastGiven: number): number {
  const arch = architecture();
  if (arch === undefined) {
    throw new TcError(`no launch interpreter for ${process.arch}`, {
      code: 'ARCHITECTURE_UNSUPPORTED',
      operation: 'start a container',
      hint: 'There is one for x86-64 and for arm64.',
    });
  }
  const low = createMemoryFile();
  // Above all that the supervisor is given, which would be put over a lower number.
  const fd = low > lastGiven ? low : fcntl(low, memfd.F_DUPFD_CLOEXEC, lastGiven + 1);
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
