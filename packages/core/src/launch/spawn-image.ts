import { closeSync } from 'node:fs';
import { socketPair, spawnProcess } from '@tc/linux';
import { imageFile } from './image-file.ts';
import type { LaunchProgram } from './program.ts';
import { controlFd } from './protocol.ts';

/**
 * Starts a program that is no container's supervisor, with this process' standard streams.
 * @returns its pid, to be reaped, and the other end of its control socket, to be closed
 * @throws SyscallError, TcError ARCHITECTURE_UNSUPPORTED
 */
export function spawnImage(
  program: LaunchProgram,
  name: string,
): { readonly pid: number; readonly fd: number } {
  const image = imageFile(program, controlFd);
  const [ours, theirs] = socketPair();
  try {
    return { pid: spawnProcess(`/proc/self/fd/${image}`, [name], [0, 1, 2, theirs]), fd: ours };
  } catch (error) {
    closeSync(ours);
    throw error;
  } finally {
    closeSync(image);
    closeSync(theirs);
  }
}
