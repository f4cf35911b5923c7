/** `podman run` and what its options do inside. */
import { chmodSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCgroupHost } from '@tc/linux';
import { expect } from 'vitest';
import { fileSystem } from '../../support/requires.ts';
import { own, Podman, usePodman } from '../support/clients/podman.ts';
import { ours } from '../support/clients/runtimes.ts';
import { compare, type Step } from '../support/clients/yardstick.ts';
import { newDirectory } from '../support/suite.ts';

const isV2 = readCgroupHost().mode === 'v2';
const limitFiles = isV2
  ? { memory: 'memory.max', pids: 'pids.max', cpu: 'cpu.max' }
  : { memory: 'memory/memory.limit_in_bytes', pids: 'pids/pids.max', cpu: 'cpu/cpu.cfs_quota_us' };
const limit = (podman: Podman, option: string, value: string, file: string) =>
  podman.output(option, value, 'host', 'cat', `/sys/fs/cgroup/${file}`);
const status = (field: string) => ['grep', `^${field}:`, '/proc/self/status'];
const text = (...lines: string[]) => lines.join('\n');

const steps: Step<Podman>[] = [
  {
    title: 'run: output, streams and exit code',
    async act(podman) {
      const { code, stdout, stderr } = await podman.run('host', 'sh', '-c', 'echo out; echo err >&2; exit 7');
      expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
    },
  },
  {
    title: 'run of a command that is missing, or no program: 127, 126',
    async act(podman) {
      expect((await podman.run('host', 'no-such-command')).code).toBe(127);
      expect((await podman.run('host', '/etc/passwd')).code).toBe(126);
    },
  },
  {
    title: 'run --unsetenv PATH: a command by its name',
    differs: 'it looks in /bin and /usr/bin, as execvp(3) does, where runc finds nothing',
    async act(podman, { name }) {
      const { code } = await podman.run('--unsetenv', 'PATH', 'host', 'true');
      expect(code).toBe(name === 'runc' ? 127 : 0);
    },
  },
  {
    title: 'run -i: stdin',
    async act(podman) {
      expect(await podman.outputWith('of the host', 'host', 'cat')).toBe('of the host');
    },
  },
  {
    title: 'run -t: a terminal',
    async act(podman) {
      const seen = await podman.output('-t', 'host', 'sh', '-c', 'tty; test -c /dev/console && echo console');
      expect(seen.replaceAll('\r', '')).toBe('/dev/pts/0\nconsole');
    },
  },
  {
    title: 'run --memory',
    async act(podman) {
      expect(await limit(podman, '--memory', '64m', limitFiles.memory)).toBe(String(64 * 2 ** 20));
    },
  },
  {
    title: 'run --memory, and too much of it: killed',
    async act(podman) {
      const options = ['--memory', '32m', '--memory-swap', '32m'];
      const { code } = await podman.run(...options, 'host', 'sh', '-c', 'head -c 100m /dev/zero | tail');
      expect(code).toBe(137);
    },
  },
  {
    title: 'run --pids-limit',
    async act(podman) {
      expect(await limit(podman, '--pids-limit', '77', limitFiles.pids)).toBe('77');
    },
  },
  {
    title: 'run --cpus',
    async act(podman) {
      expect(await limit(podman, '--cpus', '0.5', limitFiles.cpu)).toMatch(/^50000( 100000)?$/);
    },
  },
  {
    title: 'run --read-only',
    async act(podman) {
      const script = 'touch /x 2>&1 | sed "s/.*: //"; touch /tmp/x && echo tmp';
      expect(await podman.output('--read-only', 'host', 'sh', '-c', script)).toBe(
        'Read-only file system\ntmp',
      );
    },
  },
  {
    title: 'run --user, --group-add',
    async act(podman) {
      const options = ['--user', '1000:1001', '--group-add', '77'];
      expect(await podman.output(...options, 'host', 'sh', '-c', 'id -u; id -g; id -G')).toBe(
        '1000\n1001\n1001 77',
      );
    },
  },
  {
    title: 'run --cap-drop, --cap-add',
    async act(podman) {
      const options = ['--cap-drop', 'all', '--cap-add', 'kill'];
      expect(await podman.output(...options, 'host', ...status('Cap\\(Eff\\|Prm\\|Bnd\\)'))).toBe(
        text('CapPrm:\t0000000000000020', 'CapEff:\t0000000000000020', 'CapBnd:\t0000000000000020'),
      );
    },
  },
  {
    title: 'run --security-opt no-new-privileges',
    async act(podman) {
      const options = ['--security-opt', 'no-new-privileges'];
      expect(await podman.output(...options, 'host', ...status('NoNewPrivs'))).toBe('NoNewPrivs:\t1');
    },
  },
  {
    title: 'run --security-opt seccomp: podman’s profile, unconfined',
    async act(podman) {
      expect(await podman.output('host', ...status('Seccomp'))).toBe('Seccomp:\t2');
      const options = ['--security-opt', 'seccomp=unconfined'];
      expect(await podman.output(...options, 'host', ...status('Seccomp'))).toBe('Seccomp:\t0');
    },
  },
  {
    title: 'run --security-opt mask, unmask',
    async act(podman) {
      const script = 'wc -c </etc/passwd; head -c1 /proc/timer_list | wc -c';
      const options = ['--security-opt', 'mask=/etc/passwd', '--security-opt', 'unmask=/proc/timer_list'];
      expect(await podman.output('host', 'sh', '-c', script)).toMatch(/^[1-9]\d*\n0$/);
      expect(await podman.output(...options, 'host', 'sh', '-c', script)).toBe('0\n1');
    },
  },
  {
    title: 'run --tmpfs, with what the image has there',
    async act(podman) {
      const script =
        'touch /mnt/t && stat -f -c %T /mnt /etc && test -s /etc/passwd && grep -c noexec /proc/mounts';
      const options = ['--tmpfs', '/mnt:mode=1777,noexec', '--tmpfs', '/etc'];
      expect(await podman.output(...options, 'host', 'sh', '-c', script)).toMatch(/^tmpfs\ntmpfs\n\d+$/);
    },
  },
  {
    title: 'run --volume, read-write and read-only',
    async act(podman) {
      const volume = newDirectory();
      chmodSync(volume, 0o755);
      writeFileSync(join(volume, 'file'), 'of the host\n');
      const script = 'cat /ro/file; touch /ro/x 2>&1 | sed "s/.*: //"; echo more >>/rw/file; cat /ro/file';
      const options = ['--volume', `${volume}:/ro:ro`, '--volume', `${volume}:/rw`];
      expect(await podman.output(...options, 'host', 'sh', '-c', script)).toBe(
        text('of the host', 'Read-only file system', 'of the host', 'more'),
      );
    },
  },
  {
    title: 'run --ulimit, --sysctl, --hostname, --env, --workdir',
    async act(podman) {
      const limits = ['--ulimit', 'nofile=99:99', '--ulimit', 'nproc=4000:4000'];
      const options = ['--sysctl', 'net.ipv4.ip_forward=1', '--hostname', 'inside', '--env', 'A=b'];
      const script = 'ulimit -n; cat /proc/sys/net/ipv4/ip_forward; hostname; echo $A; pwd';
      const all = [...limits, ...options, '--workdir', '/usr', 'host', 'sh', '-c', script];
      expect(await podman.output(...all)).toBe('99\n1\ninside\nb\n/usr');
    },
  },
  {
    title: 'run --init: an init that reaps',
    async act(podman) {
      const script = 'cat /proc/1/comm; (sh -c "exit 0" &); readlink /proc/1/exe';
      expect(await podman.output('--init', 'host', 'sh', '-c', script)).toMatch(/^podman-init\n/);
    },
  },
  {
    title: 'run --uidmap, --gidmap: a user namespace',
    async act(podman) {
      const maps = ['--uidmap', '0:200000:65536', '--gidmap', '0:300000:65536'];
      const script =
        'cat /proc/self/uid_map /proc/self/gid_map; stat -c "%u %g" /etc; touch /x && echo writes';
      const seen = await podman.output(...maps, 'host', 'sh', '-c', script);
      expect(seen.replaceAll(/ +/g, ' ').replaceAll(/^ /gm, '')).toBe(
        text('0 200000 65536', '0 300000 65536', '0 0', 'writes'),
      );
    },
  },
  {
    title: 'run --userns host',
    async act(podman) {
      expect(await podman.output('--userns', 'host', 'host', 'readlink', '/proc/self/ns/user')).toBe(
        readlinkSync('/proc/self/ns/user'),
      );
    },
  },
  {
    title: 'run --network none',
    async act(podman) {
      const script = 'readlink /proc/self/ns/net; ls /sys/class/net';
      const [link, ...interfaces] = (await podman.output('host', 'sh', '-c', script)).split('\n');
      expect(link).not.toBe(readlinkSync('/proc/self/ns/net'));
      expect(interfaces).toContain('lo');
      expect(interfaces).not.toContain('eth0');
    },
  },
  {
    title: 'run --network host, --pid host, --ipc host, --uts host',
    async act(podman) {
      const types = ['net', 'pid', 'ipc', 'uts'];
      const links = types.map((type) => `/proc/self/ns/${type}`);
      const options = ['network', 'pid', 'ipc', 'uts'].flatMap((option) => [`--${option}`, 'host']);
      expect(await podman.succeed('run', '--rm', ...own, ...options, 'host', 'readlink', ...links)).toBe(
        links.map((link) => readlinkSync(link)).join('\n'),
      );
    },
  },
  {
    title: 'run --privileged',
    async act(podman) {
      const all = await podman.output('--privileged', 'host', ...status('CapBnd'));
      expect(Number.parseInt(all.slice(-16), 16)).toBeGreaterThan(0x1ffffffff);
    },
  },
  {
    title: 'run --device',
    needs: [fileSystem('fuse')],
    async act(podman) {
      const seen = await podman.output(
        '--device',
        '/dev/fuse',
        'host',
        'stat',
        '-c',
        '%F %t %T',
        '/dev/fuse',
      );
      expect(seen).toBe('character special file a e5');
    },
  },
  {
    title: 'a device that the container makes itself can’t be opened',
    async act(podman) {
      const script = 'mknod /dev/x b 7 0; head -c1 /dev/x 2>&1 | sed "s/.*: //"';
      expect(await podman.output('host', 'sh', '-c', script)).toBe('Operation not permitted');
    },
  },
  {
    title: 'a runtime that containers.conf knows by name',
    async act(_, { name }) {
      const podman = new Podman(name);
      expect(await podman.output('host', 'echo', 'ran')).toBe('ran');
      const info = await podman.succeed(
        'info',
        '--format',
        '{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Version}}',
      );
      expect(info).toContain(`${name} ${name === ours.name ? 'tc-runtime version' : 'runc version'}`);
    },
  },
];

compare(usePodman('podman run'), steps);
