// 3. Mounts of its own, and its own /proc. Run it as root: node examples/containers-from-scratch/3-mounts-and-proc.ts
import { readFileSync } from 'node:fs';
import { cell, executeCommand, flags, load, NULL, number, runSteps, string } from '@tc/core/launch';
import { cloneFlags, mountFlags } from '@tc/linux';

const SIGCHLD = 17;
const script = `
echo "process 1 in /proc is $(cat /proc/1/comm): me"
echo "processes that I see: $(ls /proc | grep -c '^[0-9]')"
mount -t tmpfs none /mnt && echo secret >/mnt/file
echo "mounts on /mnt in here: $(grep -c ' /mnt tmpfs' /proc/self/mounts)"
`;

await runSteps((p) => {
  p.call('unshare', [flags(cloneFlags, 'CLONE_NEWNS', 'CLONE_NEWPID')], {
    what: 'make a mount and a PID namespace',
  });
  // A copy of all mounts, but a linked one: systemd makes / shared. Ours must not show up on the host: mount_namespaces(7).
  p.call('mount', [NULL, string('/'), NULL, flags(mountFlags, 'MS_REC', 'MS_PRIVATE'), NULL], {
    what: 'cut the mounts off from the host’s',
  });
  const [pid, parent] = [cell('pid'), p.label()];
  p.call('clone', [number(SIGCHLD), NULL, NULL, NULL, NULL], { what: 'start process 1', result: pid });
  p.jumpIf(load(pid), 'ne', 0, parent);
  // A procfs shows the PID namespace of whoever mounts it: proc(5).
  p.call('mount', [string('proc'), string('/proc'), string('proc'), 0, NULL], { what: 'mount /proc' });
  executeCommand(p, { argv: ['sh', '-c', script], env: ['PATH=/usr/bin:/bin:/usr/sbin:/sbin'] });
  p.place(parent);
  p.call('wait4', [load(pid), NULL, 0, NULL], { what: 'wait for it' });
});

const mounts = readFileSync('/proc/self/mounts', 'utf8').match(/ \/mnt tmpfs/g)?.length ?? 0;
console.log(`mounts on /mnt out here: ${mounts}. The other went with its last process.`);
