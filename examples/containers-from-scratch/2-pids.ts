// 2. Process numbers of its own: the PID namespace. Run it as root: node examples/containers-from-scratch/2-pids.ts
import { cell, executeCommand, flags, load, NULL, number, runSteps } from '@tc/core/launch';
import { cloneFlags } from '@tc/linux';

const SIGCHLD = 17; // the signal that tells a parent of its child's end: clone(2)
const script = `
echo "I am process $$"
sleep 30 & # ends with us: when process 1 ends, the kernel kills the whole namespace (pid_namespaces(7))
echo "my child is process $!"
echo "process 1 in /proc is $(cat /proc/1/comm), not me: that /proc is still the host's"
`;

await runSteps((p) => {
  // Whoever calls unshare(2) keeps its number: its next child is the first in the new namespace.
  p.call('unshare', [flags(cloneFlags, 'CLONE_NEWPID')], { what: 'make a PID namespace' });
  const [pid, parent] = [cell('pid'), p.label()];
  p.call('clone', [number(SIGCHLD), NULL, NULL, NULL, NULL], { what: 'start process 1', result: pid });
  p.jumpIf(load(pid), 'ne', 0, parent);
  executeCommand(p, { argv: ['sh', '-c', script], env: ['PATH=/usr/bin:/bin'] });
  p.place(parent);
  p.call('wait4', [load(pid), NULL, 0, NULL], { what: 'wait for it' });
});
