// 5. The same prisoner after pivot_root. Run it as root: node examples/containers-from-scratch/5-pivot-root.ts
import { executeCommand, flags, NULL, runSteps, string } from '@tc/core/launch';
import { hostRootfs } from '@tc/images';
import { cloneFlags, mountFlags } from '@tc/linux';

const { path: rootfs } = await hostRootfs();
const env = ['PATH=/usr/bin:/bin'];
const MS_BIND = 4096; // linux/mount.h
const script = `
[ -e /etc/shadow ] && echo "found the host's passwords" || echo "no /etc/shadow in here: no host's root is left to go to"
echo "mounts: $(ls -d /proc/self 2>/dev/null || echo 'not even /proc')"
`;

await runSteps((p) => {
  p.call('unshare', [flags(cloneFlags, 'CLONE_NEWNS')], { what: 'make a mount namespace' });
  p.call('mount', [NULL, string('/'), NULL, flags(mountFlags, 'MS_REC', 'MS_PRIVATE'), NULL], {
    what: 'cut the mounts off from the host’s',
  });
  // pivot_root(2) wants a mount as the new root: the directory is mounted on itself.
  p.call('mount', [string(rootfs), string(rootfs), NULL, MS_BIND, NULL], { what: 'make it a mount' });
  p.call('chdir', [string(rootfs)], { what: 'go there' });
  // The old root comes to lie on top of the new one; then it is taken away, with everything that is mounted in it.
  p.call('pivot_root', [string('.'), string('.')], { what: 'change the root mount' });
  p.call('umount2', [string('.'), flags(mountFlags, 'MNT_DETACH')], { what: 'let go of the host’s files' });

  p.call('chroot', [string('/tmp')], { what: 'try the way out of 4-chroot.ts' });
  for (let i = 0; i < 20; i += 1) p.call('chdir', [string('..')], { what: 'go up' });
  p.call('chroot', [string('.')], { what: 'take whatever root is there' });
  executeCommand(p, { argv: ['sh', '-c', script], env });
});
