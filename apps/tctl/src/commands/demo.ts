import { cleanUpAbandoned, type Limits, run } from '@tc/core';
import { hostRootfs } from '@tc/images';
import { hasColour } from '../cli/colour.ts';
import { command } from '../cli/command.ts';
import { writeError, writeOut } from '../cli/output.ts';
import { demo } from '../table/machine.ts';

const limits: Limits = { memory: '64m', pids: 20, cpus: 0.5 };

/** Prints what it runs, and what the container sees: v1's file where there is one, else v2's. */
const script = `
say() { printf '\\n\\033[1m%s\\033[0m\\n' "$1"; }
say 'Its host name (UTS namespace)'
hostname
say 'Its processes: the first is number 1 (PID namespace)'
ps -eo pid,ppid,user,args
say 'Its root directory (mount namespace, pivot_root)'
ls -l /
say 'Its network (network namespace)'
ip -brief address
say 'Its limits (cgroups)'
cd /sys/fs/cgroup
for file in memory.max memory/memory.limit_in_bytes pids.max pids/pids.max cpu.max cpu*/cpu.cfs_quota_us; do
  [ -e "$file" ] && printf '%-32s %s\\n' "$file" "$(cat "$file")"
done
exit 0
`;

/** What `npm start` shows where there is no terminal. */
export const demoCommand = command(demo, async () => {
  await cleanUpAbandoned();
  const image = await hostRootfs();
  const size = (image.bytes / 2 ** 20).toFixed(0);
  say(`The image "host": ${image.tools.length} programs of this machine, ${size} MiB, in ${image.path}`);
  const result = await run(['sh'], {
    input: hasColour(1) ? script : script.replaceAll(/\\033\[\d?m/g, ''),
    rootfs: { path: image.path, mode: 'overlay' },
    hostname: 'my-container',
    limits,
    onUnsupported: 'warn', // an ordinary user may have no cgroup to limit it in
    reject: true,
  });
  const isLimited = result.warnings.length === 0;
  say(
    isLimited
      ? `Running sh in a container with the limits ${JSON.stringify(limits)}`
      : 'Running sh in a container, without limits: tctl doctor says what they need',
  );
  writeOut(result.stdout);
  writeError(result.stderr);
  const { wallMs, cpuUsec, maxMemoryBytes } = result;
  const memory = (maxMemoryBytes / 2 ** 20).toFixed(1);
  say(
    `\nIt ran for ${wallMs.toFixed(1)} ms, used ${(cpuUsec / 1000).toFixed(1)} ms of CPU and ${memory} MiB.`,
  );
  say(
    `Try: node_modules/.bin/tctl run ${isLimited ? '-m 64m ' : ''}host sh    (and --explain, to see every system call)`,
  );
  say('Read on: docs/getting-started.md');
  return 0;
});

function say(line: string): void {
  writeOut(`${line}\n`);
}
