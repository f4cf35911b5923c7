// Makes a cgroup with a small process in it, copies its files, and removes it: the part of capture-fixtures.ts
// that changes the machine. It touches no cgroup but tctl-fixture-<pid>.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readOptional } from '../packages/linux/src/read-cgroup-host.ts';

export interface Hierarchy {
  /** The fixture's folder: `memory`, `cpu,cpuacct`, `unified`. */
  name: string;
  mountPoint: string;
}

const CGROUP_NAME = `tctl-fixture-${process.pid}`;
const MAX_FILE_BYTES = 4096;
// Long, said twice, or of no use to a container runtime.
const UNWANTED = new RegExp(
  `^(${[
    'tasks|notify_on_release|devices\\.|cgroup\\.(clone_children|max\\.)|blkio\\.bfq|cpuacct\\.usage_',
    'cpu\\.(cfs_burst|idle|rt_)|cpuset\\.(cpu_exclusive|mem_|memory_|sched_)|hugetlb\\.1GB|rdma|misc',
    'memory\\.(kmem|numa_stat|move_charge|soft_limit|swappiness|use_hierarchy|pressure_level)',
  ].join('|')})`,
);

/** The limits of the captured cgroup, so that the fixtures show numbers as well as `max`. */
const limitsFor = (device: string): [file: string, value: string][] => [
  ['memory.max', '67108864'],
  ['memory.limit_in_bytes', '67108864'],
  ['pids.max', '20'],
  ['cpu.max', '50000 100000'],
  ['cpu.cfs_quota_us', '50000'],
  ['io.max', `${device} wbps=104857600 riops=max`],
  // Without a limit, v1 does not even count a device's IO.
  ['blkio.throttle.read_bps_device', `${device} 104857600`],
  ['blkio.throttle.write_bps_device', `${device} 104857600`],
];

/** Does direct IO on `$1`, burns CPU, says so, and waits to be ended. */
const WORKLOAD = `read go; dd if=/dev/zero of="$1" bs=64k count=32 oflag=direct status=none
  dd if="$1" of=/dev/null bs=64k iflag=direct status=none
  i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo done; read end`;

export function save(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Files only: the directories of a cgroup are other people's cgroups. */
export function listFiles(dir: string): string[] {
  const files = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ name }) => name).sort();
}

/** Writes if the kernel lets us: not every kernel has every controller. */
function tryWrite(path: string, value: string): void {
  try {
    if (existsSync(path)) writeFileSync(path, value);
  } catch (error) {
    console.error(`not set: ${path}: ${(error as Error).message}`);
  }
}

function prepareCgroup(dir: string, parent: string, device: string): void {
  // A new v1 cpuset has neither CPUs nor memory nodes and takes no process before it has both.
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const inherited = readOptional(join(parent, file));
    if (inherited !== undefined) tryWrite(join(dir, file), inherited);
  }
  for (const [file, value] of limitsFor(device)) tryWrite(join(dir, file), value);
}

/** The disk that holds `path`, as major:minor; `dev_t` is packed as in makedev(3). */
function deviceOf(path: string): string {
  const { dev } = statSync(path);
  return `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`;
}

function copyCgroup(dir: string, out: string): void {
  for (const file of listFiles(dir)) {
    if (UNWANTED.test(file) || (statSync(join(dir, file)).mode & 0o444) === 0) continue;
    try {
      const text = readOptional(join(dir, file));
      if (text !== undefined && text.length <= MAX_FILE_BYTES) save(join(out, file), text);
    } catch (error) {
      console.error(`left out: ${(error as Error).message}`);
    }
  }
}

/** Ends the shell and what it runs: it leads a process group of its own. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}

/** A dead process's cgroup can stay busy for some milliseconds. */
async function removeCgroup(dir: string): Promise<void> {
  for (let attempt = 0; existsSync(dir); attempt++) {
    try {
      rmdirSync(dir);
    } catch (error) {
      if (attempt === 50) throw error;
      await sleep(20);
    }
  }
}

/** Copies a fresh cgroup of every hierarchy to OUT/cgroup, and its process's place to OUT/proc/member. */
export async function captureCgroup(out: string, hierarchies: Hierarchy[]): Promise<void> {
  const scratch = mkdtempSync(join(process.env['VM_SCRATCH'] ?? tmpdir(), 'tctl-fixture-'));
  const child = spawn('sh', ['-c', WORKLOAD, 'sh', join(scratch, 'data')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const made: string[] = [];
  try {
    for (const { mountPoint } of hierarchies) {
      const dir = join(mountPoint, CGROUP_NAME);
      mkdirSync(dir);
      made.push(dir);
      prepareCgroup(dir, mountPoint, deviceOf(scratch));
      writeFileSync(join(dir, 'cgroup.procs'), `${child.pid}`);
    }
    child.stdin.write('go\n');
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    save(join(out, 'proc/member/cgroup'), readFileSync(`/proc/${child.pid}/cgroup`, 'utf8'));
    for (const { name, mountPoint } of hierarchies) {
      copyCgroup(join(mountPoint, CGROUP_NAME), join(out, 'cgroup', name));
    }
  } finally {
    await end(child);
    for (const dir of made) await removeCgroup(dir);
    rmSync(scratch, { recursive: true });
  }
}
