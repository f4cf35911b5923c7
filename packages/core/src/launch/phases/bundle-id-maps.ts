/** Id-mapped bind mounts: whose files are whose is told by a user namespace. mount_setattr(2), Linux 5.12. */
import { atFlags, mountFlags } from '@tc/linux';
import type { BundleMount } from '../bundle-spec.ts';
import { address, flags, load, number, string, words } from '../data.ts';
import type { Place } from '../program.ts';
import { controlFd } from '../protocol.ts';
import type { BundleContext } from './bundle-context.ts';
import { cloneMount } from './mount-calls.ts';

/**
 * The launcher’s part, before it joins or makes a namespace: it takes CAP_SYS_ADMIN in the one that the file system was
 * mounted in. The container inherits the descriptors.
 */
export function mapBundleMounts({ p, spec }: BundleContext): ReadonlyMap<BundleMount, Place> {
  const mapped = new Map<BundleMount, Place>();
  p.group('file system');
  for (const mount of spec.mounts) {
    if (mount.kind !== 'bind' || mount.idMap === undefined) continue;
    const { source, recursive, idMap } = mount;
    const fd = cloneMount(
      p,
      { path: source, recursive },
      {
        what: `open the mount source ${source}`,
        diagnose: { ENOENT: { code: 'MOUNT_SOURCE_NOT_FOUND', hint: 'A bind mount needs a source.' } },
      },
    );
    const namespace = number(controlFd + 1 + spec.preserveFds + idMap.index);
    const fields = [flags(mountFlags, 'MOUNT_ATTR_IDMAP'), number(0), number(0), namespace];
    const attributes = words(fields, '{attr_set=MOUNT_ATTR_IDMAP, userns_fd}');
    const where = flags(atFlags, 'AT_EMPTY_PATH', ...(idMap.recursive ? (['AT_RECURSIVE'] as const) : []));
    const refused = (hint: string) => ({ code: 'ID_MAPPED_MOUNT_UNSUPPORTED', hint }) as const;
    p.call('mount_setattr', [load(fd), string(''), where, address(attributes), attributes.size], {
      what: `map the owners of ${source}`,
      diagnose: {
        EINVAL: refused(
          'Its file system can’t: ext4, xfs, btrfs can, tmpfs since Linux 6.3; and 0 ids can’t be mapped.',
        ),
        EPERM: refused('It is id-mapped already, or was mounted in a user namespace.'),
      },
    });
    mapped.set(mount, fd);
  }
  return mapped;
}
