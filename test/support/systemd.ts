/**
 * A systemd of its own, with a bus: process 1 of a PID namespace, whose cgroup root is a cgroup of the test's and whose
 * /run is empty. It starts nothing but the bus.
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readCgroupHost } from '@tc/linux';
import { removeContainerCgroup } from '../../packages/core/src/cgroups/remove.ts';
import { newDirectory, newName, until } from './kernel.ts';
import { nodeEnvironment } from './node.ts';
import type { Need } from './requires.ts';
import { scaled } from './scale.ts';
import type { Act, Outcome } from './systemd-child.ts';

const program = '/usr/lib/systemd/systemd';

export const systemdThere: Need = () =>
  existsSync(program) && existsSync('/usr/bin/dbus-daemon')
    ? undefined
    : 'this machine has no systemd and dbus-daemon to start';

const units = (directory: string) => ({
  'default.target': '[Unit]\nDefaultDependencies=no\nAllowIsolate=yes\nWants=dbus.service\n',
  'dbus.socket': '[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=/run/dbus/system_bus_socket\n',
  'dbus.service': `[Unit]
DefaultDependencies=no
Requires=dbus.socket
After=dbus.socket
[Service]
Type=notify
ExecStart=/usr/bin/dbus-daemon --config-file=${directory}/bus.conf --address=systemd: --nofork --nopidfile --systemd-activation
`,
  'bus.conf': `<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow eavesdrop="true"/>
<allow send_destination="*" eavesdrop="true"/></policy></busconfig>
`,
});

/**
 * In its namespaces: systemd sets the host name, sysctls and /etc/machine-id, none of which may be this machine's. Only
 * what becomes systemd is in the cgroup, as it could pass no controllers on otherwise.
 */
const start = `exec unshare --pid --fork --mount --uts --ipc --propagation private --mount-proc --kill-child sh -ec '
  mount --bind "$CGROUP" /sys/fs/cgroup
  mount -t tmpfs -o mode=755 run /run
  mount --bind /dev/null /dev/console
  mount --bind /proc/sys /proc/sys
  mount -o remount,bind,ro /proc/sys
  echo 0123456789abcdef0123456789abcdef > /run/machine-id
  if [ -e /etc/machine-id ]; then mount --bind /run/machine-id /etc/machine-id; fi
  mkdir /run/generators
  echo 0 > /sys/fs/cgroup/cgroup.procs
  exec unshare --cgroup env -i PATH="$PATH" container=test SYSTEMD_UNIT_PATH="$UNITS:/run/systemd/transient" \\
    SYSTEMD_GENERATOR_PATH=/run/generators ${program} --system --log-target=null'
`;

function childOf({ pid }: ReturnType<typeof spawn>): number | undefined {
  const { stdout } = spawnSync('pgrep', ['--parent', String(pid)], { encoding: 'utf8' });
  return Number(stdout) || undefined;
}

export class Systemd implements AsyncDisposable {
  readonly #cgroup: string;
  readonly #outer: ReturnType<typeof spawn>;
  readonly #pid: number;

  private constructor(cgroup: string, outer: ReturnType<typeof spawn>, pid: number) {
    this.#cgroup = cgroup;
    this.#outer = outer;
    this.#pid = pid;
  }

  static async start(): Promise<Systemd> {
    const directory = newDirectory();
    for (const [name, text] of Object.entries(units(directory))) writeFileSync(join(directory, name), text);
    const cgroup = join(readCgroupHost().v2?.mountPoint ?? '', `tctl-${newName()}`);
    mkdirSync(join(cgroup, 'clients'), { recursive: true });
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', CGROUP: cgroup, UNITS: directory };
    const outer = spawn('sh', ['-c', start], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    const systemd = new Systemd(cgroup, outer, 0);
    try {
      await until(() => childOf(outer) !== undefined, 'there is a process in its namespaces', scaled(10_000));
      const pid = childOf(outer) ?? 0;
      const isUp = (socket: string) => existsSync(`/proc/${pid}/root/run/${socket}`);
      await until(
        () => {
          if (outer.exitCode !== null) throw new Error(`it ended with ${outer.exitCode}`);
          return isUp('systemd/private') && isUp('dbus/system_bus_socket');
        },
        'systemd is up',
        scaled(20_000),
      );
      return new Systemd(cgroup, outer, pid);
    } catch (error) {
      await systemd[Symbol.asyncDispose]();
      throw error;
    }
  }

  get #clients(): string {
    return join(this.#cgroup, 'clients');
  }

  /** Where a cgroup of its is for who is outside. */
  directoryOf(path: string): string {
    return join(this.#cgroup, path);
  }

  /** Does all of that in one process of Node.js that sees what systemd sees. */
  async do(acts: readonly Act[], env: NodeJS.ProcessEnv = {}): Promise<Outcome[]> {
    const script = fileURLToPath(new URL('systemd-child.ts', import.meta.url));
    const inside = ['--target', String(this.#pid), '--mount', '--pid', '--cgroup', '--ipc', '--uts', '--'];
    const node = [process.execPath, '--conditions=tc-source', '--no-warnings', script, JSON.stringify(acts)];
    // systemd may take over processes of its own cgroup namespace alone: cgroup-v2.rst, "Delegation Containment".
    const enter = 'echo 0 > "$0/cgroup.procs"; exec nsenter "$@"';
    const { stdout } = await promisify(execFile)('sh', ['-ec', enter, this.#clients, ...inside, ...node], {
      env: { ...nodeEnvironment(), ...env },
    });
    return JSON.parse(stdout);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#outer.exitCode === null && this.#outer.signalCode === null) {
      const gone = once(this.#outer, 'exit');
      this.#outer.kill('SIGKILL');
      await gone;
    }
    await removeContainerCgroup([this.#cgroup], { timeoutMs: scaled(10_000) });
  }
}
