import type { ContainerInfo } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../../src/cli/options.ts';
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
      },
      rest: ['alpine:3.20', 'sh', '-c', 'sleep 1'],
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
    expect(wordsOf(ofRun)).toEqual(['tctl', 'run', '--name', 'web', 'alpine:3.20', 'sh', '-c', 'sleep 1']);
  });
});
