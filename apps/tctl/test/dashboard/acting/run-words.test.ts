import type { ContainerInfo } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../../src/cli/options.ts';
import { toKeptOptions, toRunOptions } from '../../../src/commands/to-run-options.ts';
import type { SpawnRequest } from '../../../src/dashboard/actions/actions.ts';
import { runArguments } from '../../../src/dashboard/actions/run-words.ts';
import { wordsOf } from '../../../src/dashboard/actions/words-of.ts';
import { runOptions } from '../../../src/table/run-options.ts';

const nothing: SpawnRequest = {
  image: 'host',
  rootfs: '',
  command: ['true'],
  name: '',
  memory: '',
  pids: '',
  cpus: '',
  mounts: [],
  env: [],
  network: 'none',
  tty: false,
};

describe('the command of the spawn dialog', () => {
  it('says nothing of what was left empty', () => {
    expect(runArguments(nothing)).toEqual(['-d', 'host', 'true']);
  });

  it('says all that was filled in, as tctl run reads it', () => {
    const request: SpawnRequest = {
      ...nothing,
      image: '',
      rootfs: '/srv/r',
      command: ['sh', '-c', 'echo hi'],
      name: 'web',
      memory: '64m',
      pids: '20',
      cpus: '0.5',
      mounts: ['/a:/b:ro', 'data:/data'],
      env: ['A=1', 'B=x y'],
      network: 'host',
      tty: true,
    };
    expect(parseOptions(runOptions, runArguments(request))).toEqual({
      values: {
        detach: true,
        tty: true,
        name: 'web',
        memory: '64m',
        pids: '20',
        cpus: '0.5',
        volume: ['/a:/b:ro', 'data:/data'],
        env: ['A=1', 'B=x y'],
        network: 'host',
        rootfs: '/srv/r',
      },
      rest: ['sh', '-c', 'echo hi'],
    });
  });

  it('can’t be led astray by what begins like an option', () => {
    const request = {
      ...nothing,
      image: '',
      rootfs: '/r',
      command: ['--privileged', '-x'],
      name: '-n',
      env: ['-e=1'],
    };
    const { values, rest } = parseOptions(runOptions, runArguments(request));
    expect(values).toMatchObject({ name: '-n', env: ['-e=1'], rootfs: '/r' });
    expect(rest).toEqual(['--privileged', '-x']);
  });
});

describe('the command that makes one like a container', () => {
  const info = {
    id: '0123456789ab',
    name: 'web',
    image: 'alpine:3.20',
    command: ['sh', '-c', 'sleep 1'],
    detached: true,
    tty: true,
    options: {
      command: [],
      rootfs: { path: ['/l/2', '/l/1'], mode: 'overlay' },
      limits: { memory: '64m', pids: 20, cpus: 0.5, cpuWeight: 50 },
      mounts: [
        '/a:/b',
        { source: '/c', target: '/d', readOnly: true },
        { type: 'volume', source: 'v', target: '/v' },
        { type: 'tmpfs', target: '/t', size: '1m', mode: 0o700 },
      ],
      env: { A: 'x y', GONE: undefined },
      labels: { role: 'db' },
      network: 'host',
      user: 1000,
      cwd: '/w',
      init: true,
    },
  } as unknown as ContainerInfo;

  it('has all that was asked for', () => {
    expect(parseOptions(runOptions, wordsOf(info).slice(2))).toEqual({
      values: {
        detach: true,
        tty: true,
        name: 'web',
        memory: '64m',
        pids: '20',
        cpus: '0.5',
        'cpu-weight': '50',
        volume: ['/a:/b', '/c:/d:ro', 'v:/v'],
        tmpfs: ['/t:size=1m,mode=700'],
        env: ['A=x y'],
        label: ['role=db'],
        network: 'host',
        user: '1000',
        workdir: '/w',
        init: true,
        entrypoint: 'sh',
      },
      rest: ['alpine:3.20', '-c', 'sleep 1'],
    });
  });

  it('has the directory of one without an image, and no name that is only its id', () => {
    const { image: _, ...rest } = info;
    const plain = {
      ...rest,
      name: info.id,
      tty: false,
      options: { rootfs: '/srv/r' },
    } as unknown as ContainerInfo;
    expect(wordsOf(plain)).toEqual(['tctl', 'run', '-d', '--rootfs', '/srv/r', 'sh', '-c', 'sleep 1']);
  });

  it('of a run() has what is known', () => {
    const ofRun = { ...info, options: undefined, detached: false, tty: false } as unknown as ContainerInfo;
    expect(wordsOf(ofRun).join(' ')).toBe('tctl run --name web --entrypoint sh alpine:3.20 -c sleep 1');
  });

  it('may do and have as much, and no more', () => {
    const asked =
      '--memory 64m --memory-swap 96m --memory-high 48m --memory-reservation 32m --pids-limit -1 --cpus 0.5 ' +
      '--cpu-weight 50 --cpuset-cpus 0 --device-read-bps /dev/sda:1m --device-write-iops /dev/sda:10 ' +
      '--cap-drop ALL --cap-add CHOWN --ulimit nofile=10:20 --ulimit core=0 --sysctl net.ipv4.ip_forward=1 ' +
      '--oom-score-adj -5 --security-opt seccomp=unconfined --security-opt apparmor=a --landlock read=/usr ' +
      '--landlock connect=443 --device /dev/null:/dev/n:r --group-add 5 --userns private --uts host ' +
      '-v /a:/b:ro,slave --mount type=bind,source=/c,target=/d,bind-recursive=disabled ' +
      '--timeout 5s --cpu-time 2s --cgroup-parent /p --stop-signal INT --stop-timeout 3 --log-size 1m';
    const optionsOf = (words: readonly string[]) => {
      const { values } = parseOptions(runOptions, words);
      return { ...toRunOptions(values), ...toKeptOptions(values) };
    };
    const options = optionsOf(asked.split(' '));
    const made = { ...info, name: info.id, image: 'host', tty: false, options } as unknown as ContainerInfo;
    expect(optionsOf(wordsOf(made).slice(2))).toEqual(options);
  });

  it('can write as little of its root, and has no other way out of it', () => {
    const rootfs = { path: '/l', mode: 'overlay-ro', enter: 'chroot' };
    const made = { ...info, image: 'host', options: { rootfs } } as unknown as ContainerInfo;
    const { values } = parseOptions(runOptions, wordsOf(made).slice(2));
    expect(values).toMatchObject({ 'read-only': true, 'no-pivot': true });
  });
});
