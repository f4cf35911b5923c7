/** What other programs take to look at the same cgroups once. */
import { execFileSync } from 'node:child_process';

/** CPU time of a command and all that it started, in ms: the shell's `times`, whose second line is of its children. */
export function cpuMsOf(command: string): number {
  const text = execFileSync('bash', ['-c', `${command} >/dev/null || exit 1; times`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [, children = ''] = text.trim().split('\n');
  return children
    .split(' ')
    .map((each) => /^(\d+)m([\d.]+)s$/.exec(each) ?? [])
    .reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000, 0);
}

export interface Other {
  readonly name: string;
  readonly cpuMs: number | undefined;
  readonly reason?: string;
}

/** A refresh of `systemd-cgtop -b`, without what it takes to start. */
export function measureCgtop(refreshes: number): Other {
  const name = 'systemd-cgtop -b';
  const run = (count: number) => cpuMsOf(`systemd-cgtop --batch --depth=1 --iterations=${count} --delay=1s`);
  try {
    return { name, cpuMs: (run(refreshes + 1) - run(1)) / refreshes };
  } catch (error) {
    return { name, cpuMs: undefined, reason: (error as Error).message.split('\n')[0] ?? '' };
  }
}
