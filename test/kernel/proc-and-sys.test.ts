import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { box, output, watchLeftovers } from '../support/kernel.ts';

watchLeftovers();

const maskedFiles = [
  'interrupts',
  'kcore',
  'keys',
  'latency_stats',
  'sched_debug',
  'timer_list',
  'timer_stats',
];
const maskedDirectories = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
const here = (paths: string[]) => paths.filter((path) => existsSync(path));

describe('/proc', () => {
  const files = here(maskedFiles.map((name) => `/proc/${name}`));

  it('has nothing in the files that tell about the host', async () => {
    expect(files.length).toBeGreaterThan(1);
    expect(await output(`for f in ${files.join(' ')}; do stat -c '%n %t,%T' $f; cat $f; done`)).toBe(
      files.map((path) => `${path} 1,3\n`).join(''),
    );
  });

  it('has nothing in the directories that tell about the host, nor can anything be put there', async () => {
    const directories = here(maskedDirectories);
    expect(directories).toContain('/sys/firmware');
    expect(await output(`for d in ${directories.join(' ')}; do ls -A $d; done`)).toBe('');
    const { stdout, stderr } = await box(
      `for d in ${directories.join(' ')}; do touch $d/x && echo made; done`,
    );
    expect(stdout).toBe('');
    expect(stderr.match(/Read-only file system/g)).toHaveLength(directories.length);
  });

  it('has settings of the host that can be read and not be changed', async () => {
    const before = readFileSync('/proc/sys/kernel/hostname', 'utf8');
    const names = ['sys/kernel/hostname', 'sys/vm/overcommit_memory', 'sys/kernel/pid_max', 'sysrq-trigger'];
    const settings = here(names.map((name) => `/proc/${name}`));
    expect(settings.length).toBeGreaterThan(2);
    const { stdout, stderr } = await box(
      `for f in ${settings.join(' ')}; do echo 1 > $f && echo $f changed; done`,
    );
    expect(stdout).toBe('');
    expect(stderr.match(/Read-only file system/g)).toHaveLength(settings.length);
    expect(readFileSync('/proc/sys/kernel/hostname', 'utf8')).toBe(before);
  });

  it('keeps its masks even from CAP_SYS_ADMIN by unmounting nothing else than them', async () => {
    const masks = await output(
      "awk '$5 ~ /^.proc.(sys|keys|timer_list)$/ {print $5, $6}' /proc/self/mountinfo",
    );
    expect(masks.trim().split('\n').sort()).toEqual([
      expect.stringMatching(/^\/proc\/keys /),
      expect.stringMatching(/^\/proc\/sys ro,/),
      expect.stringMatching(/^\/proc\/timer_list /),
    ]);
    const { exitCode } = await box('umount /proc/sys || umount -l /proc/keys');
    expect(exitCode).not.toBe(0);
  });
});

describe('/sys', () => {
  it('can be read and not be written to', async () => {
    expect(await output('ls /sys')).toContain('class\n');
    const { stdout, stderr, exitCode } = await box('echo 1 > /sys/class/net/lo/tx_queue_len; mkdir /sys/x');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
    expect(stderr.match(/Read-only file system/g)).toHaveLength(2);
  });

  it('shows the network namespace of the container', async () => {
    expect(await output('ls /sys/class/net')).toBe('lo\n');
  });
});
