/** What overlayfs reads in a lower layer, written: https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories */
import { constants } from 'node:fs';
import { makeNode, opaqueXattrs, type Pin, setXattr } from '@tc/linux';

/** The character device 0:0. */
export function makeWhiteout(at: Buffer): void {
  makeNode(at, constants.S_IFCHR, 0);
}

/**
 * Nothing of the same directory in lower layers shows through.
 * @returns whether that is so in user namespaces, too: a tmpfs before Linux 6.6, NFS and others have no `user.*`
 * @throws SyscallError where neither attribute can be set
 */
export function markOpaque(directory: Pin): boolean {
  const at = Buffer.from(`${directory.path}/.`);
  const [forRoot, forUsers] = opaqueXattrs.map((name) => {
    try {
      setXattr(at, name, Buffer.from('y'));
      return undefined;
    } catch (error) {
      return error;
    }
  });
  if (forRoot !== undefined && forUsers !== undefined) throw forUsers; // an ordinary user can't set the first
  return forUsers === undefined;
}
