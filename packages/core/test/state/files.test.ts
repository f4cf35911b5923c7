import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  messages,
  recordLayout,
  recordSize,
  runningLayout,
  runningMagic,
} from '../../src/launch/protocol.ts';
import { type ContainerConfig, decodeConfig, readConfig, writeConfig } from '../../src/state/config-file.ts';
import { decodeExited } from '../../src/state/exited-file.ts';
import { decodeLaunchFile, encodeLaunchFile, type LaunchFile } from '../../src/state/launch-file.ts';
import { whileLocked, whileMaking, whileNobodyMakes } from '../../src/state/lock.ts';
import { decodeRunning } from '../../src/state/running-file.ts';
import { readContainer } from '../../src/state/state-directory.ts';

const config: ContainerConfig = {
  id: '0123456789ab',
  name: 'web',
  createdAtMs: 1_700_000_000_000,
  options: { command: ['true'], rootfs: '/srv/root' },
  wanted: 'stopped',
  starts: 2,
};
const text = JSON.stringify({ schema: 1, ...config });

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'state-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('a configuration', () => {
  it('comes back as it was written, for its owner alone, with nothing left beside it', () => {
    writeConfig(directory, config);
    expect(readConfig(directory)).toEqual(config);
    expect(readdirSync(directory)).toEqual(['config.json']);
    expect(statSync(join(directory, 'config.json')).mode & 0o777).toBe(0o600);
  });

  it('cut anywhere is none', () => {
    for (let length = 0; length < text.length; length += 1) {
      expect(decodeConfig(text.slice(0, length))).toBeUndefined();
    }
    expect(decodeConfig(text)).toEqual(config);
  });

  it.each([
    'null',
    '[]',
    '1',
    '{}',
    '{"schema":1}',
    '{"schema":0}',
    text.replace('["true"]', '"true"'),
    '\0'.repeat(50),
  ])('that is %s is none', (broken) => {
    expect(decodeConfig(broken)).toBeUndefined();
  });

  it('of a newer version is refused', () => {
    expect(() => decodeConfig('{"schema":2}')).toThrow(expect.objectContaining({ code: 'CONFIG_VERSION' }));
  });
});

describe('a launch file', () => {
  const launch: LaunchFile = {
    id: 'a',
    name: 'b',
    createdAtMs: 5,
    command: ['sh', '-c', 'é'],
    hostname: 'h',
    rootfs: { layers: ['/a', '/b'], mode: 'overlay', upper: undefined, enter: 'pivot_root' },
    namespaces: { uts: true, net: true, joinNetwork: false, cgroup: true, user: undefined, time: undefined },
    process: {
      env: ['A=b'],
      cwd: '/',
      uid: 0,
      gid: 0,
      additionalGids: [],
      umask: 0o22,
      capabilities: [1, 2],
      rlimits: [],
      oomScoreAdj: undefined,
      seccompProfile: 'default',
    },
    cgroups: ['/sys/fs/cgroup/tctl-a'],
    figures: ['memory.peak'],
    limits: { pids: 5 },
    tty: false,
    init: true,
    ephemeral: true,
    detached: false,
  };

  it('comes back as it was written', () => {
    expect(decodeLaunchFile(encodeLaunchFile(launch))).toEqual(launch);
  });

  it('cut or of another version is none', () => {
    const encoded = encodeLaunchFile(launch);
    expect(decodeLaunchFile(encoded.slice(0, -1))).toBeUndefined();
    expect(decodeLaunchFile(encoded.replace('"schema":1', '"schema":9'))).toBeUndefined();
  });
});

function running(): Buffer {
  const bytes = Buffer.alloc(runningLayout.size);
  bytes.writeUInt32LE(runningMagic, runningLayout.magic);
  bytes.writeBigInt64LE(123n, runningLayout.pid);
  bytes.writeBigInt64LE(456n, runningLayout.supervisorPid);
  bytes.writeBigInt64LE(7n, runningLayout.terminalFd);
  bytes.writeBigInt64LE(-1n, runningLayout.stdinFd);
  bytes.writeBigInt64LE(1_700_000_000n, runningLayout.startedAt);
  bytes.writeBigInt64LE(5_999_999n, runningLayout.startedAt + 8);
  return bytes;
}

describe('the file running', () => {
  it('tells of a run', () => {
    expect(decodeRunning(running())).toEqual({
      pid: 123,
      supervisorPid: 456,
      terminalFd: 7,
      stdinFd: undefined,
      startedAt: new Date(1_700_000_000_005),
    });
  });

  it('that is cut or something else tells nothing', () => {
    expect(decodeRunning(running().subarray(0, -1))).toBeUndefined();
    expect(decodeRunning(Buffer.alloc(100))).toBeUndefined();
  });
});

describe('the file exited', () => {
  const record = (status: number, cause = 0) => {
    const bytes = Buffer.alloc(recordSize(0));
    bytes.writeUInt32LE(messages.ended, recordLayout.kind);
    bytes.writeUInt32LE(status, recordLayout.status);
    bytes.writeBigInt64LE(BigInt(cause), recordLayout.cause);
    return bytes;
  };

  it.each([
    [0x300, 0, { exitCode: 3, reason: 'exit' }],
    [9, 0, { signal: 'SIGKILL', reason: 'signal' }],
    [9, 1, { signal: 'SIGKILL', reason: 'timeout', timedOut: true }],
    [9, 2, { reason: 'aborted' }],
    [9, 3, { reason: 'cpu' }],
    [9, 4, { reason: 'output' }],
  ])('with status %i and cause %i is %j', (status, cause, exit) => {
    expect(decodeExited(record(status, cause), [])).toMatchObject(exit);
  });

  it('that was the file running of a run that was lost tells when that began', () => {
    expect(decodeExited(running(), [])).toMatchObject({
      reason: 'lost',
      startedAt: new Date(1_700_000_000_005),
      exitCode: undefined,
    });
  });

  it('that is cut tells of a run that was lost', () => {
    expect(decodeExited(record(0).subarray(0, 50), [])).toMatchObject({
      reason: 'lost',
      startedAt: undefined,
    });
    expect(decodeExited(Buffer.alloc(0), [])).toMatchObject({ reason: 'lost' });
  });
});

describe('a state directory', () => {
  it('with a configuration alone is of a container that never ran', () => {
    mkdirSync(join(directory, 'c'));
    writeConfig(join(directory, 'c'), config);
    expect(readContainer(directory, 'c')).toMatchObject({
      alive: false,
      running: undefined,
      exit: undefined,
    });
  });

  it('with the file running and no supervisor is of a run that was lost', () => {
    mkdirSync(join(directory, 'c'));
    writeConfig(join(directory, 'c'), config);
    writeFileSync(join(directory, 'c/running'), running());
    expect(readContainer(directory, 'c')).toMatchObject({ running: undefined, exit: { reason: 'lost' } });
  });

  it('without either a configuration or a supervisor is nobody’s', () => {
    mkdirSync(join(directory, 'c'));
    writeFileSync(join(directory, 'c/running'), running());
    expect(readContainer(directory, 'c')).toBeUndefined();
    expect(readContainer(directory, 'nothing')).toBeUndefined();
  });
});

describe('locks', () => {
  it('let one after the other act', async () => {
    const log: string[] = [];
    const act = (name: string) => async () => {
      log.push(`${name} begins`);
      await sleep(5);
      log.push(`${name} ends`);
    };
    await Promise.all(['a', 'b', 'c'].map((name) => whileLocked(directory, act(name))));
    for (let at = 0; at < log.length; at += 2) expect(log[at + 1]).toBe(log[at]?.replace('begins', 'ends'));
  });

  it('let many make at once, and none while nobody may', async () => {
    let making = 0;
    let most = 0;
    const make = () =>
      whileMaking(directory, async () => {
        making += 1;
        most = Math.max(most, making);
        await sleep(5);
        making -= 1;
      });
    await Promise.all([make(), make(), make(), whileNobodyMakes(directory, () => expect(making).toBe(0))]);
    expect(most).toBe(3);
  });

  it('tell whoever waits in vain who holds them', async () => {
    await whileMaking(directory, async () => {
      await expect(whileNobodyMakes(directory, () => {})).rejects.toMatchObject({
        code: 'LOCK_TIMEOUT',
        hint: expect.stringContaining(`The process ${process.pid} (`),
      });
    });
  });

  it('are given back where an act fails', async () => {
    const fail = () => Promise.reject(new Error('no'));
    await expect(whileLocked(directory, fail)).rejects.toThrow('no');
    expect(await whileLocked(directory, () => 5)).toBe(5);
  });

  it('tell whoever waited that the container was removed meanwhile', async () => {
    const first = whileLocked(directory, async () => {
      await sleep(20);
      unlinkSync(join(directory, 'lock'));
    });
    const second = whileLocked(directory, () => {});
    await expect(second).rejects.toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
    await first;
    rmSync(directory, { recursive: true });
    await expect(whileLocked(directory, () => {})).rejects.toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
  });
});
