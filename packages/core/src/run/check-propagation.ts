/** Whether mounts can spread between a directory of the host and a container: mount_namespaces(7). */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { openFlags, parseMountinfo, TcError } from '@tc/linux';
import { invalid } from './invalid.ts';
import type { BindMount } from './options.ts';

type Propagation = NonNullable<BindMount['propagation']>;

/** @throws TcError INVALID_OPTION, MOUNT_NOT_SHARED */
export function checkPropagation(
  propagation: Propagation,
  path: string,
  { operation, inUserNamespace }: { operation: string; inUserNamespace: boolean },
): void {
  if (propagation === 'private') return;
  if (propagation !== 'slave' && propagation !== 'shared') {
    invalid(
      `${JSON.stringify(propagation)} is not a propagation`,
      operation,
      'It is private, slave or shared.',
    );
  }
  if (propagation === 'shared' && inUserNamespace) {
    const hint = 'Its mounts never show up on the host: use "slave".';
    invalid('a container with a user namespace can’t share mounts', operation, hint);
  }
  const fields = propagationOf(path);
  const suffices = propagation === 'shared' ? /^shared:/ : /^(shared|master):/;
  if (fields.some((field) => suffices.test(field))) return;
  throw new TcError(`${path} is not on a shared mount`, {
    code: 'MOUNT_NOT_SHARED',
    operation,
    path,
    hint: 'Make it one: mount --bind DIR DIR && mount --make-shared DIR.',
  });
}

/** The optional fields of the mount that a path is on, `shared:1` for instance: proc_pid_mountinfo(5). */
function propagationOf(path: string): readonly string[] {
  // fs.open takes the kernel's own flags; O_PATH opens nothing, so no driver and no FIFO wakes up.
  const { O_PATH, O_CLOEXEC } = openFlags;
  const fd = openSync(path, O_PATH | O_CLOEXEC);
  try {
    const id = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    const mounts = parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8'));
    return mounts.find(({ mountId }) => mountId === Number(id))?.optionalFields ?? [];
  } finally {
    closeSync(fd);
  }
}
