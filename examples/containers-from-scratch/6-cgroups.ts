// 6. Limits: cgroups, v1 and v2. Run it as root: node examples/containers-from-scratch/6-cgroups.ts
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cell, executeCommand, flags, load, NULL, number, runSteps, string } from '@tc/core/launch';
import { atFlags, cloneFlags, openFlags, readCgroupHost } from '@tc/linux';

const { v1, v2 } = readCgroupHost(); // /proc/self/mountinfo: v1 has a tree for each controller, v2 one for all
const cgroups = [
  { controller: 'pids', limit: 'pids.max', v1Limit: 'pids.max', value: '20', v1Events: 'pids.events' },
  {
    controller: 'memory',
    limit: 'memory.max',
    v1Limit: 'memory.limit_in_bytes',
    value: '50M',
    v1Events: 'memory.oom_control',
  },
].map(({ controller, limit, v1Limit, value, v1Events }) => {
  const old = v1.get(controller)?.mountPoint;
  const directory = join(old ?? v2?.mountPoint ?? '', `scratch-${process.pid}`);
  mkdirSync(directory, { recursive: true }); // that is all it takes to make a cgroup: cgroups(7)
  writeFileSync(join(directory, old ? v1Limit : limit), value);
  return { directory, events: old ? v1Events : `${controller}.events` };
});

const directories = new Set(cgroups.map(({ directory }) => directory)); // two on v1, one on v2

/** Process 1 of a PID namespace, in the cgroups: when it ends, all of its children end with it. */
async function inside(script: string): Promise<void> {
  await runSteps((p) => {
    for (const directory of directories) {
      const fd = cell('fd');
      const file = string(join(directory, 'cgroup.procs'));
      p.call('openat', [flags(atFlags, 'AT_FDCWD'), file, flags(openFlags, 'O_WRONLY', 'O_CLOEXEC')], {
        what: 'open cgroup.procs',
        result: fd,
      });
      p.call('write', [load(fd), string('0'), 1], { what: 'join the cgroup', why: '0 is the writer itself' });
    }
    p.call('unshare', [flags(cloneFlags, 'CLONE_NEWPID')], { what: 'make a PID namespace' });
    const [pid, parent] = [cell('pid'), p.label()];
    p.call('clone', [number(17), NULL, NULL, NULL, NULL], { what: 'start process 1', result: pid });
    p.jumpIf(load(pid), 'ne', 0, parent);
    executeCommand(p, { argv: ['sh', '-c', script], env: ['PATH=/usr/bin:/bin'] });
    p.place(parent);
    p.call('wait4', [load(pid), NULL, 0, NULL], { what: 'wait for it' });
  });
  for (const { directory, events } of cgroups)
    console.log(
      `  ${events}: ${readFileSync(join(directory, events), 'utf8').trim().split('\n').join(', ')}`,
    );
}

console.log('--- a fork bomb: 20 processes, and no more. max counts the forks that were refused');
await inside('bomb() { bomb | bomb & }; (bomb) 2>/dev/null; sleep 1');
console.log('--- 100 MB of memory where 50 are allowed. oom_kill counts the processes that were killed');
await inside(
  '{ head -c 100000000 /dev/zero | tail >/dev/null; } 2>/dev/null; echo "  tail ended with $?: 128 + SIGKILL"',
);
for (const directory of directories) rmdirSync(directory);
