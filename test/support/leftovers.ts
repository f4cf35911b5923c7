/** What a container could leave behind on the host, as lines that can be compared. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataDirectory, parseMountinfo } from '@tc/linux';
import { scaled } from './scale.ts';

/** What `read` gives, or undefined where the thing has just vanished. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const list = (directory: string): string[] => attempt(() => readdirSync(directory)) ?? [];
const mountInfo = (): string => readFileSync('/proc/self/mountinfo', 'utf8');

/** Where cgroup hierarchies of either version are mounted. */
export function cgroupMountPoints(): string[] {
  const mounts = parseMountinfo(mountInfo()).filter(({ fsType }) => /^cgroup2?$/.test(fsType));
  return [...new Set(mounts.map(({ mountPoint }) => mountPoint))];
}

function cgroups(): string[] {
  return cgroupMountPoints().flatMap((mountPoint) =>
    list(mountPoint)
      .filter((name) => name.startsWith('tctl-'))
      .map((name) => `cgroup ${join(mountPoint, name)}`),
  );
}

export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** `R`, `S`, `D`, `Z`, ...: proc_pid_stat(5). */
  readonly state: string;
  readonly name: string;
  readonly command: readonly string[];
  readonly pidNamespace: string | undefined;
}

export function processes(): Process[] {
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
      const match = stat === undefined ? null : /^\d+ \((.*)\) (.) (\d+)/s.exec(stat);
      if (match === null) return [];
      const command = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '';
      const pidNamespace = attempt(() => readlinkSync(`/proc/${pid}/ns/pid`));
      return {
        pid: Number(pid),
        state: match[2] ?? '',
        parent: Number(match[3]),
        name: match[1] ?? '',
        command: command.split('\0'),
        pidNamespace,
      };
    });
}

/** The pids of the supervisors of a container, by what ps shows. */
export function supervisorsOf(id: string): number[] {
  return processes()
    .filter(({ command }) => command[0] === 'tctl-shim' && command[1] === id)
    .map(({ pid }) => pid);
}

/**
 * Supervisors, what runs in other PID namespaces than ours, and our own children, dead ones too. Of others the dead
 * don't count: they wait for init, which on some machines looks only every other second.
 */
function containerProcesses(): string[] {
  const ours = readlinkSync('/proc/self/ns/pid');
  return processes()
    .filter(
      ({ parent, state, name, pidNamespace }) =>
        parent === process.pid ||
        (state !== 'Z' && (name === 'tctl-shim' || (pidNamespace !== undefined && pidNamespace !== ours))),
    )
    .map(({ pid, parent, name, command }) => {
      const whose = parent === process.pid ? 'our child ' : '';
      return `process ${pid} ${whose}${name} ${command.join(' ')}`;
    });
}

function descriptors(): string[] {
  return list('/proc/self/fd').flatMap((fd) => {
    const target = attempt(() => readlinkSync(`/proc/self/fd/${fd}`));
    // The test runner opens its own files when it likes; containers are given pipes, sockets and memory files.
    return target === undefined || (target.startsWith('/') && !target.startsWith('/memfd:'))
      ? []
      : `descriptor ${fd} ${target}`;
  });
}

function files(runtimeDirectory: string): string[] {
  // The runtime directory's own files start with a dot: its lock and its journal stay, the rest must not.
  const state = list(runtimeDirectory).filter((name) => !/^\.(lock|events(\.1)?)$/.test(name));
  const data = join(dataDirectory(), 'containers');
  const temporary = list(tmpdir()).filter((name) => /tctl/.test(name));
  return [
    ...state.map((name) => `state ${join(runtimeDirectory, name)}`),
    ...list(data).map((name) => `data ${join(data, name)}`),
    ...temporary.map((name) => `file ${join(tmpdir(), name)}`),
  ];
}

export function traces(runtimeDirectory: string): Set<string> {
  const mounts = mountInfo()
    .trim()
    .split('\n')
    .map((line) => `mount ${line}`);
  return new Set([
    ...cgroups(),
    ...mounts,
    ...containerProcesses(),
    ...descriptors(),
    ...files(runtimeDirectory),
  ]);
}

/**
 * What is there now and was not before. What is ours must be gone at once, but for the turns of the event loop in
 * which Node.js closes its pipes. Somebody else may run containers on this machine too: theirs get time to end.
 */
export async function leftovers(
  before: ReadonlySet<string>,
  runtimeDirectory: string,
  isOurs: (line: string) => boolean,
  patienceMs: { ours: number; others: number } = { ours: scaled(100), others: scaled(5000) },
): Promise<{ left: string[]; now: ReadonlySet<string> }> {
  const start = performance.now();
  for (;;) {
    const now = traces(runtimeDirectory);
    const left = [...now].filter((line) => !before.has(line));
    const ours = left.filter(isOurs);
    const passed = performance.now() - start;
    if (ours.length > 0 && passed > patienceMs.ours) return { left: ours, now };
    if (ours.length === 0 && (left.length === 0 || passed > patienceMs.others)) return { left, now };
    await sleep(5);
  }
}
