import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../src/cli/options.ts';
import { toRunOptions } from '../../src/commands/to-run-options.ts';
import { runOptions } from '../../src/table/run-options.ts';
import { refusal } from '../support/refusal.ts';

/** What `tctl run ARGS` gives to run(). */
const convert = (...args: string[]) => toRunOptions(parseOptions(runOptions, args).values);
const refused = (...args: string[]) => refusal(() => convert(...args));

describe('what is passed on as it is', () => {
  it.each([
    [['--name', 'n'], { name: 'n' }],
    [['-h', 'box'], { hostname: 'box' }],
    [['-w', '/dir'], { cwd: '/dir' }],
    [['-u', '1000:100'], { user: '1000:100' }],
    [['--timeout', '5s'], { timeout: '5s' }],
    [['--cgroup-parent', 'a/b'], { cgroupParent: 'a/b' }],
    [['--cgroups', 'disabled'], { cgroups: 'disabled' }],
    [['--network', 'host'], { network: 'host' }],
    [['--cpu-time', '2s'], { cpuTime: '2s' }],
    [['--init'], { init: true }],
    [['--network', 'container:web'], { network: 'container:web' }],
  ])('%j', (args, options) => {
    expect(convert(...args)).toMatchObject(options);
  });

  it('is nothing but the defaults where nothing is given', () => {
    const { limits, namespaces, ...options } = convert();
    expect(options).toEqual({ cgroups: 'enabled', network: 'none', env: {}, mounts: [] });
    expect(Object.values(limits ?? {}).filter((limit) => limit !== undefined)).toEqual([]);
    expect(namespaces).toEqual({ user: process.geteuid?.() !== 0 });
  });
});

describe('limits', () => {
  it.each([
    [['-m', '64m'], { memory: '64m' }],
    [['--memory-high', '32m'], { memoryHigh: '32m' }],
    [['--memory-reservation', '16m'], { memoryLow: '16m' }],
    [['--pids', '20'], { pids: 20 }],
    [['--pids-limit', '20'], { pids: 20 }],
    [['--cpus', '0.5'], { cpus: 0.5 }],
    [['--cpus', '2'], { cpus: 2 }],
    [['--cpus', '.5'], { cpus: 0.5 }],
    [['--cpu-weight', '300'], { cpuWeight: 300 }],
    [['--cpuset-cpus', '0-1,3'], { cpuset: '0-1,3' }],
  ])('%j', (args, limits) => {
    expect(convert(...args).limits).toMatchObject(limits);
  });

  it.each(['-1', '0'])('of %s processes are none: Docker', (pids) => {
    expect(convert(`--pids-limit=${pids}`).limits?.pids).toBe('max');
    expect(convert(`--pids=${pids}`).limits?.pids).toBe('max');
  });

  it('of -1 can stand after a space, as in Docker and in the help', () => {
    expect(convert('--pids-limit', '-1').limits?.pids).toBe('max');
    expect(convert('-m', '64m', '--memory-swap', '-1').limits?.memorySwap).toBe('max');
  });
});

describe('--memory-swap', () => {
  it.each([
    ['64m', '64m', 0],
    ['64m', '96m', 32 * 2 ** 20],
    ['64m', '1g', 960 * 2 ** 20],
    ['1000', '1500', 500],
  ])('counts memory and swap together: -m %s --memory-swap %s', (memory, total, swap) => {
    expect(convert('-m', memory, '--memory-swap', total).limits).toMatchObject({ memory, memorySwap: swap });
  });

  it('is no limit on swap with -1', () => {
    expect(convert('-m', '64m', '--memory-swap=-1').limits?.memorySwap).toBe('max');
  });

  it('is refused without --memory', () => {
    expect(refused('--memory-swap', '64m').message).toBe('--memory-swap needs --memory');
  });

  it('is refused below --memory', () => {
    expect(refused('-m', '64m', '--memory-swap', '63m')).toEqual({
      message: '--memory-swap is memory and swap together',
      hint: 'Give at least as much as --memory.',
    });
  });

  it('is refused where it is no size', () => {
    expect(refused('-m', '64m', '--memory-swap', 'lots').message).toContain('"lots" is not a size');
  });
});

describe('limits of devices', () => {
  it('are a device and a rate each', () => {
    const { limits } = convert(
      '--device-read-bps=/dev/sda:1m',
      '--device-write-bps=8:0:2m',
      '--device-read-iops=/dev/sda:100',
      '--device-write-iops=/dev/sdb:200',
      '--device-write-iops=/dev/sdc:300',
    );
    expect(limits?.io).toEqual([
      { device: '/dev/sda', readBps: '1m' },
      { device: '8:0', writeBps: '2m' },
      { device: '/dev/sda', readIops: 100 },
      { device: '/dev/sdb', writeIops: 200 },
      { device: '/dev/sdc', writeIops: 300 },
    ]);
  });

  it.each(['/dev/sda', ':1m', ''])('are refused without a device and a rate: %j', (text) => {
    expect(refused(`--device-read-bps=${text}`).message).toBe(
      `--device-read-bps takes DEVICE:RATE, not ${JSON.stringify(text)}`,
    );
  });

  it.each(['/dev/sda:', '/dev/sda:1m', '/dev/sda:-1'])(
    'are refused where operations are no number: %s',
    (text) => {
      expect(refused(`--device-write-iops=${text}`).message).toMatch(
        /^--device-write-iops takes a number, not "/,
      );
    },
  );
});

describe('the environment', () => {
  it('is what is given', () => {
    expect(convert('-e', 'A=1', '-e', 'B=', '-e', 'C=x=y z').env).toEqual({ A: '1', B: '', C: 'x=y z' });
  });

  it('has the last of two values of a variable', () => {
    expect(convert('-e', 'A=1', '-e', 'A=2').env).toEqual({ A: '2' });
  });

  it('passes on the variable of a name alone', () => {
    expect(convert('-e', 'PATH').env).toEqual({ PATH: process.env['PATH'] });
  });

  it('has nothing for a name alone that is not set', () => {
    expect(convert('-e', 'TCTL_TEST_NOT_SET').env).toEqual({ TCTL_TEST_NOT_SET: undefined });
  });

  it('takes a variable with the name of a property of all objects', () => {
    expect(Object.entries(convert('-e', '__proto__=1').env ?? {})).toEqual([['__proto__', '1']]);
  });
});

describe('a value that makes no sense', () => {
  it.each([
    ['--cpus', 'many'],
    ['--cpus', ''],
    ['--cpus', '-2'],
    ['--cpus', '1e3'],
    ['--cpus', '0x2'],
    ['--cpu-weight', 'high'],
    ['--pids-limit', 'x'],
    ['--pids', '-2'],
    ['--pids', '1 2'],
  ])('is refused with the option and the value: %s %j', (option, value) => {
    expect(refused(`${option}=${value}`).message).toBe(
      `${option} takes a number, not ${JSON.stringify(value)}`,
    );
  });

  it.each([
    ['--network', 'bridge', 'none, host or container:NAME'],
    ['--userns', 'keep-id', 'private, self or host'],
    ['--cgroups', 'split', 'enabled or disabled'],
  ])('is refused with what there is: %s %s', (option, value, choice) => {
    expect(refused(option, value).message).toBe(`${option} takes ${choice}, not "${value}"`);
  });
});

describe('--userns', () => {
  it.each([
    ['private', true],
    ['self', 'self'],
    ['host', false],
  ])('%s', (userns, user) => {
    expect(convert('--userns', userns).namespaces).toEqual({ user });
  });
});
