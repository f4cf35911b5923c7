import { isatty } from 'node:tty';
import { cleanUpAbandoned, type Limits, run } from '@tc/core';
import { hostRootfs } from '@tc/images';
import { helpText } from '../cli/help.ts';
import { parseOptions } from '../cli/options.ts';
import { writeError, writeOut } from '../cli/output.ts';
import { UsageError } from '../cli/usage-error.ts';

const demoOptions = { help: { about: 'print this' } };

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

/** What `npm start` shows until there is a dashboard, and always where there is no terminal. */
export async function demoCommand(args: readonly string[]): Promise<number> {
  const { values, rest } = parseOptions(demoOptions, args);
  if (values.help) {
    writeOut(helpText('tctl demo', 'Shows what a container is, with one.', demoOptions));
    return 0;
  }
  if (rest.length > 0) throw new UsageError(`demo takes no arguments, not ${JSON.stringify(rest[0])}`);
  await cleanUpAbandoned();
  const image = await hostRootfs();
  const size = (image.bytes / 2 ** 20).toFixed(0);
  say(`The image "host": ${image.tools.length} programs of this machine, ${size} MiB, in ${image.path}`);
  say(`Running sh in a container with the limits ${JSON.stringify(limits)}`);
  const color = isatty(1) && !process.env['NO_COLOR'];
  const result = await run(['sh'], {
    input: color ? script : script.replaceAll(/\\033\[\d?m/g, ''),
    rootfs: { path: image.path, mode: 'overlay' },
    hostname: 'my-container',
    limits,
    reject: true,
  });
  writeOut(result.stdout);
  writeError(result.stderr);
  const { wallMs, cpuUsec, maxMemoryBytes } = result;
  const memory = (maxMemoryBytes / 2 ** 20).toFixed(1);
  say(
    `\nIt ran for ${wallMs.toFixed(1)} ms, used ${(cpuUsec / 1000).toFixed(1)} ms of CPU and ${memory} MiB.`,
  );
  say('Try: node_modules/.bin/tctl run -m 64m host sh    (and --explain, to see every system call)');
  return 0;
}

function say(line: string): void {
  writeOut(`${line}\n`);
}
