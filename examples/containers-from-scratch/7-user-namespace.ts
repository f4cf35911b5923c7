// 7. Root without root: the user namespace. Run it as anybody: node examples/containers-from-scratch/7-user-namespace.ts
import { cell, executeCommand, flags, load, NULL, runSteps, string } from '@tc/core/launch';
import { atFlags, cloneFlags, openFlags, prctlOptions } from '@tc/linux';

const isRoot = process.getuid?.() === 0;
const [uid, gid] = isRoot ? [65534, 65534] : [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
const script = `
echo "inside: $(id -u), outside: ${uid} (/proc/self/uid_map:$(cat /proc/self/uid_map | tr -s ' '))"
mount -t tmpfs none /mnt && echo "may mount, in a mount namespace that is its own"
cat /etc/shadow >/dev/null 2>&1 || echo "may not read /etc/shadow: files still belong to the host's users"
`;

await runSteps((p) => {
  if (isRoot) {
    p.call('setgroups', [0, NULL], { what: 'give up root’s groups' });
    p.call('setresgid', [gid, gid, gid], { what: 'become nobody' });
    p.call('setresuid', [uid, uid, uid], { what: 'become nobody' });
    // A process that was root keeps its /proc files to root: PR_SET_DUMPABLE in prctl(2).
    p.call('prctl', [flags(prctlOptions, 'PR_SET_DUMPABLE'), 1], { what: 'own its /proc files' });
  }
  // The one namespace that needs no privilege. Its maker has all capabilities in it: user_namespaces(7).
  p.call('unshare', [flags(cloneFlags, 'CLONE_NEWUSER', 'CLONE_NEWNS')], { what: 'make a user namespace' });
  const maps = [
    ['/proc/self/setgroups', 'deny'], // else a group that is denied something could be given up
    ['/proc/self/uid_map', `0 ${uid} 1`], // its 0 is our uid, one id in all
    ['/proc/self/gid_map', `0 ${gid} 1`],
  ] as const;
  for (const [file, text] of maps) {
    const fd = cell('fd');
    p.call('openat', [flags(atFlags, 'AT_FDCWD'), string(file), flags(openFlags, 'O_WRONLY', 'O_CLOEXEC')], {
      what: `open ${file}`,
      result: fd,
    });
    p.call('write', [load(fd), string(text), text.length], { what: `write ${file}` });
  }
  executeCommand(p, { argv: ['sh', '-c', script], env: ['PATH=/usr/bin:/bin:/usr/sbin:/sbin'] });
});
