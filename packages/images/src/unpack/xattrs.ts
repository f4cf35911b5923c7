/**
 * Which extended attributes of an image are kept: capabilities of programs, and those of users. `trusted.*` and
 * `user.overlay.*` are overlayfs's own words, which an image must not say; labels of a security module are for the
 * machine that made them.
 */
export function keptXattr(name: string, isRoot: boolean): boolean {
  if (name.startsWith('user.')) return !name.startsWith('user.overlay.');
  return isRoot && (name === 'security.capability' || name.startsWith('system.posix_acl_'));
}
