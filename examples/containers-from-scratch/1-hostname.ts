// 1. A hostname of its own: the UTS namespace. Run it as root: node examples/containers-from-scratch/1-hostname.ts
import { executeCommand, flags, runSteps, string } from '@tc/core/launch';
import { cloneFlags } from '@tc/linux';

const env = ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'];
const look = ['sh', '-c', 'echo "$(hostname), $(readlink /proc/self/ns/uts)"'];

console.log('--- inside');
await runSteps((p) => {
  // unshare(2): this process leaves the namespace that it was born into, for a copy of it.
  p.call('unshare', [flags(cloneFlags, 'CLONE_NEWUTS')], { what: 'make a UTS namespace' });
  // sethostname(2) changes the name in the caller's namespace, and nowhere else: uts_namespaces(7).
  p.call('sethostname', [string('container'), 'container'.length], { what: 'set the hostname' });
  executeCommand(p, { argv: look, env });
});

console.log('--- outside: another name, and the number of another namespace');
await runSteps((p) => executeCommand(p, { argv: look, env }));
