/** Fields of config.json, each as the kernel shows it from inside. */
import { chmodSync, chownSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCgroupHost } from '@tc/linux';
import { beforeEach, describe, expect, it } from 'vitest';
import { bundleContainer, type Config, cgroupsPathOf, collect, runBundle } from '../support/bundles.ts';
import { idMappableDirectory, newIdMappableDirectory } from '../support/id-mappable.ts';
import { quickMachine } from '../support/installed.ts';
import { newDirectory, refusal, watchLeftovers } from '../support/kernel.ts';
import { controller, mode, namespace, requires, tool } from '../support/requires.ts';
import { whileListening } from '../support/seccomp-agent.ts';

watchLeftovers();

describe('process', () => {
  beforeEach((context) => requires(context, quickMachine));

  it('has its user, groups, umask, directory, host and domain name, limits', async () => {
    const script =
      'id -u; id -g; id -G; umask; pwd; hostname; cat /proc/sys/kernel/domainname; ulimit -n; cat /proc/self/oom_score_adj; echo $A';
    const seen = await runBundle(script, (config) => {
      Object.assign(config, { hostname: 'inside', domainname: 'example.org' });
      Object.assign(config.process, {
        user: { uid: 1000, gid: 1001, additionalGids: [7, 8], umask: 0o027 },
        cwd: '/tmp',
        rlimits: [{ type: 'RLIMIT_NOFILE', soft: 100, hard: 200 }],
        oomScoreAdj: 500,
        env: ['PATH=/usr/bin:/bin', 'A=b c'],
      });
    });
    expect(seen).toBe('1000\n1001\n1001 7 8\n0027\n/tmp\ninside\nexample.org\n100\n500\nb c\n');
  });

  it('has each of the five sets of capabilities as it is told, and a user may keep some', async () => {
    const seen = await runBundle('grep ^Cap /proc/self/status', (config) => {
      config.process['user'] = { uid: 1000, gid: 1000 };
      const [kill, chown] = ['CAP_KILL', 'CAP_CHOWN'];
      config.process['capabilities'] = {
        bounding: [kill, chown],
        permitted: [kill, chown],
        effective: [kill],
        inheritable: [kill],
        ambient: [kill],
      };
    });
    const bits = (value: number) => value.toString(16).padStart(16, '0');
    // After execve(2) a user other than root has what is ambient: capabilities(7).
    expect(seen.match(/\w{16}/g)).toEqual([0x20, 0x20, 0x20, 0x21, 0x20].map(bits));
  });

  it('is scheduled as it is told', async () => {
    const script = 'cut -d" " -f41 /proc/self/stat; nice';
    const seen = await runBundle(script, (config) => {
      config.process['scheduler'] = { policy: 'SCHED_BATCH', nice: 7 };
    });
    expect(seen).toBe('3\n7\n'); // proc_pid_stat(5), field 41
    const idle = await runBundle(script, (config) => {
      config.process['scheduler'] = { policy: 'SCHED_IDLE' };
    });
    expect(idle).toMatch(/^5\n/);
    const refused = bundleContainer('true', (config) => {
      config.process['scheduler'] = { policy: 'SCHED_FIFO', priority: 0 };
    });
    expect(await refusal(refused)).toMatchObject({ code: 'SCHEDULER_REFUSED' });
  });

  it('has an I/O priority', async (context) => {
    requires(context, tool('perl'));
    // ioprio_get(IOPRIO_WHO_PROCESS, 0)
    const number = process.arch === 'arm64' ? 31 : 252;
    const seen = await runBundle(`perl -e 'print syscall(${number}, 1, 0), "\\n"'`, (config) => {
      config.process['ioPriority'] = { class: 'IOPRIO_CLASS_BE', priority: 6 };
    });
    expect(seen).toBe(`${2 * 8192 + 6}\n`);
  });

  it('may be on some CPUs only, where it is one of exec', async () => {
    await using container = await bundleContainer('exec sleep 600', (config) => {
      config.process['execCPUAffinity'] = { initial: '0', final: '0' };
    });
    await container.start();
    const cpus = async (script: string) => (await container.exec(['sh', '-c', script])).stdout.trim();
    expect(await cpus('grep Cpus_allowed_list /proc/self/status | cut -f2')).toBe('0');
    // Not of the container's own.
    const first = await cpus('grep Cpus_allowed: /proc/1/status | cut -f2');
    expect(first).toBe(
      await runBundle('grep Cpus_allowed: /proc/self/status | cut -f2').then((text) => text.trim()),
    );
  });

  it('has a personality', async () => {
    const seen = await runBundle('cat /proc/self/personality; uname -m', (config) => {
      config.linux['personality'] = { domain: 'LINUX32' };
    });
    expect(seen).toMatch(/^00000008\n(i686|armv8l)\n$/);
  });

  it('has no descriptor but its standard streams', async () => {
    const script =
      'i=3; while [ $i -lt 300 ]; do [ -L /proc/self/fd/$i ] && echo $i; i=$((i + 1)); done; echo none';
    expect(await runBundle(script)).toBe('none\n');
  });
});

/** With a file of user 5 and group 6 in it. */
async function withMappable(act: (source: string) => Promise<void>): Promise<void> {
  const source = newIdMappableDirectory();
  try {
    chmodSync(source, 0o755);
    writeFileSync(join(source, 'file'), '');
    chownSync(join(source, 'file'), 5, 6);
    await act(source);
  } finally {
    rmSync(source, { recursive: true });
  }
}

describe('mounts', () => {
  beforeEach((context) => requires(context, quickMachine));

  it('are there with their options, in their order', async () => {
    const source = newDirectory();
    writeFileSync(join(source, 'file'), 'of the host');
    const script =
      'cat /mnt/file; echo; (echo x > /mnt/file) 2>&1 | sed "s/.*: //"; grep " /mnt\\| /run " /proc/self/mountinfo | cut -d" " -f5,6; stat -c %a /run';
    const seen = await runBundle(script, (config) => {
      config.mounts.push(
        {
          destination: '/mnt',
          type: 'bind',
          source,
          options: ['rbind', 'ro', 'nosuid', 'noexec', 'rprivate'],
        },
        {
          destination: '/run',
          type: 'tmpfs',
          source: 'x',
          options: ['nodev', 'noatime', 'mode=711', 'size=64k'],
        },
      );
    });
    expect(seen).toContain('of the host\nRead-only file system\n');
    expect(seen).toMatch(/^\/mnt ro,nosuid,noexec/m);
    expect(seen).toMatch(/^\/run rw,nodev,noatime$/m);
    expect(seen).toMatch(/^711$/m);
  });

  it('have recursive attributes, also on what is mounted below them', async () => {
    // What is mounted below is a mount of the container itself, bound with all below it.
    const options =
      (...words: string[]) =>
      (config: Config) => {
        config.mounts.push({
          destination: '/mnt',
          type: 'bind',
          source: '/dev',
          options: ['rbind', ...words],
        });
      };
    const script = 'grep " /mnt" /proc/self/mountinfo | cut -d" " -f5,6';
    const flagsOf = async (...words: string[]) =>
      (await runBundle(script, options(...words)))
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[1]?.split(',') ?? []);
    const recursive = await flagsOf('rro', 'rnosuid', 'rnoexec', 'rnodev', 'rnoatime');
    expect(recursive.length).toBeGreaterThan(1);
    for (const flags of recursive)
      expect(flags).toEqual(expect.arrayContaining(['ro', 'nosuid', 'nodev', 'noexec', 'noatime']));
    const [top, ...below] = await flagsOf('ro');
    expect(top).toContain('ro');
    expect(below.some((flags) => flags.includes('rw'))).toBe(true);
  });

  it('show files as others’ where they have a map of ids', async (context) => {
    requires(context, idMappableDirectory);
    await withMappable(async (source) => {
      const map = (hostID: number) => [{ containerID: 0, hostID, size: 1000 }];
      const seen = await runBundle('stat -c "%u %g" /mnt/file', (config) => {
        const own = { uidMappings: map(100_000), gidMappings: map(200_000) };
        config.mounts.push({ destination: '/mnt', type: 'bind', source, options: ['bind', 'idmap'], ...own });
      });
      expect(seen).toBe('100005 200006\n');
    });
  });

  it('use the container’s own map where they have none, and there is one', async (context) => {
    requires(context, idMappableDirectory);
    const inUserNamespace = (source: string, option: string) => (config: Config) => {
      (config.linux['namespaces'] as object[]).push({ type: 'user' });
      const map = [{ containerID: 0, hostID: 200_000, size: 65_536 }];
      Object.assign(config.linux, { uidMappings: map, gidMappings: map });
      config.mounts.push({ destination: '/mnt', type: 'bind', source, options: ['rbind', option] });
    };
    const script = 'stat -c "%u %g" /mnt/file; touch /mnt/made && stat -c %u /mnt/made';
    for (const option of ['idmap', 'ridmap']) {
      await withMappable(async (source) => {
        expect(await runBundle(script, inUserNamespace(source, option))).toBe('5 6\n0\n');
        expect(statSync(join(source, 'made')).uid).toBe(0);
      });
    }
  });

  it('are refused half a map, and none where the container has none', async () => {
    const source = newDirectory();
    const without = bundleContainer('true', (config) => {
      config.mounts.push({ destination: '/mnt', type: 'bind', source, options: ['bind', 'idmap'] });
    });
    expect((await refusal(without)).message).toContain(
      'has idmap, and there are neither uidMappings nor a user namespace',
    );
    const half = bundleContainer('true', (config) => {
      const uidMappings = [{ containerID: 0, hostID: 1, size: 1 }];
      config.mounts.push({ destination: '/mnt', type: 'bind', source, options: ['bind'], uidMappings });
    });
    expect((await refusal(half)).message).toContain('has only one of uidMappings and gidMappings');
  });

  it.each([
    ['private', ''],
    ['shared', 'shared:'],
    ['slave', ''],
    ['unbindable', 'unbindable'],
  ])('below a root that is %s', async (propagation, shown) => {
    const script = 'grep " / / " /proc/self/mountinfo || grep " / " /proc/self/mountinfo';
    const seen = await runBundle(script, (config) => {
      config.linux['rootfsPropagation'] = propagation;
    });
    if (shown === '') expect(seen).not.toMatch(/shared:|unbindable/);
    else expect(seen).toContain(shown);
  });
});

describe('linux', () => {
  it('has clocks of its own', async (context) => {
    requires(context, namespace('time'));
    const seen = await runBundle('cat /proc/self/timens_offsets; cut -d. -f1 /proc/uptime', (config) => {
      (config.linux['namespaces'] as object[]).push({ type: 'time' });
      config.linux['timeOffsets'] = {
        monotonic: { secs: 86_400, nanosecs: 5 },
        boottime: { secs: 1_000_000 },
      };
    });
    expect(seen).toMatch(/^monotonic +86400 +5\nboottime +1000000 +0\n/);
    expect(Number(seen.trim().split('\n').at(-1))).toBeGreaterThanOrEqual(1_000_000);
    const without = bundleContainer('true', (config) => {
      config.linux['timeOffsets'] = { boottime: { secs: 1 } };
    });
    expect((await refusal(without)).message).toContain('linux.timeOffsets needs a new time namespace');
  });

  it('hides what is masked, protects what is read-only, and has the usual devices alone', async () => {
    const script =
      'wc -c < /proc/timer_list; ls -A /sys/firmware; (echo x > /proc/sys/kernel/hostname) 2>&1 | sed "s/.*: //"; for i in null zero full random urandom tty; do test -c /dev/$i && echo $i; done; readlink /dev/fd /dev/ptmx; mknod /dev/x b 7 0 2>&1 | sed "s/.*: //"';
    const seen = await runBundle(script);
    const devices = 'null\nzero\nfull\nrandom\nurandom\ntty\n/proc/self/fd\npts/ptmx\n';
    expect(seen).toBe(`0\nRead-only file system\n${devices}Operation not permitted\n`);
    const opened = await runBundle('mknod /dev/x b 7 0; head -c1 /dev/x 2>&1 | sed "s/.*: //"', (config) => {
      const capabilities = config.process['capabilities'] as Record<string, string[]>;
      for (const set of ['bounding', 'effective', 'permitted']) capabilities[set]?.push('CAP_MKNOD');
    });
    expect(opened).toBe('Operation not permitted\n');
  });

  it('sets the kernel’s settings of its namespaces', async () => {
    const seen = await runBundle('cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_forward', (config) => {
      config.linux['sysctl'] = { 'kernel.msgmax': '4096', 'net.ipv4.ip_forward': '1' };
    });
    expect(seen).toBe('4096\n1\n');
  });

  it('filters system calls, with no_new_privs and without', async () => {
    const syscalls = [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 95 }];
    for (const noNewPrivileges of [true, false]) {
      const script = 'mkdir /tmp/x 2>&1 | sed "s/.*: //"; grep NoNewPrivs /proc/self/status | cut -f2';
      const seen = await runBundle(script, (config) => {
        config.linux['seccomp'] = { defaultAction: 'SCMP_ACT_ALLOW', syscalls };
        config.process['noNewPrivileges'] = noNewPrivileges;
        config.mounts.push({ destination: '/tmp', type: 'tmpfs', source: 'x' });
      });
      expect(seen).toBe(`Operation not supported\n${noNewPrivileges ? 1 : 0}\n`);
    }
  });

  it('has a seccomp filter that asks a listener, which gets the state of the container', async () => {
    const [output, lines] = await whileListening(newDirectory(), 1, async (path) => {
      const change = (config: Config) => {
        config.linux['seccomp'] = {
          defaultAction: 'SCMP_ACT_ALLOW',
          listenerPath: path,
          syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_NOTIFY' }],
        };
      };
      const streams = { stdout: 'pipe', stderr: 'ignore' } as const;
      await using container = await bundleContainer('mkdir /tmp/x; echo answered', change, streams);
      await container.start();
      return await collect(container.stdout);
    });
    expect(output).toBe('answered\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ fds: ['seccompFd'], state: { status: 'creating' } });
    expect(lines[1]).toMatch(/^asked by \d+$/);
  });

  it('may be in a user namespace', async () => {
    const seen = await runBundle(
      'id -u; cat /proc/self/uid_map; test -c /dev/null && echo null',
      (config) => {
        (config.linux['namespaces'] as object[]).push({ type: 'user' });
        const map = [{ containerID: 0, hostID: 200_000, size: 65_536 }];
        Object.assign(config.linux, { uidMappings: map, gidMappings: map });
      },
    );
    expect(seen.replace(/ +/g, ' ')).toBe('0\n 0 200000 65536\nnull\n');
  });

  it.for([
    ['process', 'apparmorProfile', '/sys/module/apparmor/parameters/enabled', /AppArmor/],
    ['process', 'selinuxLabel', '/sys/fs/selinux/enforce', /SELinux/],
    ['linux', 'mountLabel', '/sys/fs/selinux/enforce', /SELinux/],
  ] as const)(
    'is refused %s.%s where the kernel runs without the module',
    async ([part, field, module, words], context) => {
      requires(context, () => (existsSync(module) ? 'the kernel runs with it' : undefined));
      const made = bundleContainer('true', (config) => {
        config[part][field] = 'some_label';
      });
      const error = await refusal(made);
      expect(error).toMatchObject({ code: 'LABEL_UNSUPPORTED' });
      expect(error.message).toMatch(words);
    },
  );

  it('marks its packets in version 1', async (context) => {
    requires(context, mode('v1', 'hybrid'), controller('net_cls'));
    await using container = await bundleContainer('true', (config) => {
      config.linux['resources'] = { network: { classID: 0x10001 } };
    });
    const directory = join(readCgroupHost().v1.get('net_cls')?.mountPoint ?? '', cgroupsPathOf(container.id));
    expect(readFileSync(join(directory, 'net_cls.classid'), 'utf8').trim()).toBe(String(0x10001));
  });

  it('is refused marks for packets in version 2', async (context) => {
    requires(context, mode('v2'));
    const made = bundleContainer('true', (config) => {
      config.linux['resources'] = { network: { classID: 0x10001 } };
    });
    expect(await refusal(made)).toMatchObject({ code: 'UNSUPPORTED_FIELD' });
  });
});
