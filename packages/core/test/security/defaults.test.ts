import { capabilityNames } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import {
  capabilityNumber,
  defaultCapabilities,
  maskedPaths,
  readonlyPaths,
} from '../../src/security/defaults.ts';

describe('the default capabilities', () => {
  it('are at most the fourteen that Docker gives, without CAP_MKNOD', () => {
    const docker =
      'CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT AUDIT_WRITE SETFCAP';
    const allowed = docker.split(' ').map((name) => `CAP_${name}`);
    expect(defaultCapabilities.filter((name) => !allowed.includes(name))).toEqual([]);
    expect(new Set(defaultCapabilities).size).toBe(defaultCapabilities.length);
  });

  it('have none that leads out of a container', () => {
    for (const name of [
      'CAP_SYS_ADMIN',
      'CAP_SYS_PTRACE',
      'CAP_SYS_MODULE',
      'CAP_SYS_RAWIO',
      'CAP_DAC_READ_SEARCH', // open_by_handle_at(2) with it reads any file of the host
      'CAP_NET_ADMIN',
      'CAP_MKNOD',
      'CAP_BPF',
      'CAP_SYS_TIME',
      'CAP_SYS_BOOT',
    ] as const) {
      expect(capabilityNames).toContain(name);
      expect(defaultCapabilities).not.toContain(name);
    }
  });

  it('have the kernel’s numbers', () => {
    const names = ['CAP_CHOWN', 'CAP_SYS_ADMIN', 'CAP_CHECKPOINT_RESTORE'] as const;
    expect(names.map(capabilityNumber)).toEqual([0, 21, 40]);
  });
});

describe('the protected paths', () => {
  const all = [...maskedPaths, ...readonlyPaths];

  it('are relative to their file system and plain, as they are opened below it', () => {
    for (const { path } of all) expect(path).toMatch(/^[\w-]+(\/[\w-]+)*$/);
  });

  it('are each there once', () => {
    expect(new Set(all.map(({ on, path }) => `${on}/${path}`)).size).toBe(all.length);
  });

  it('hide the kernel’s memory, keys and firmware', () => {
    const hidden = maskedPaths.map(({ on, path }) => `${on}/${path}`);
    expect(hidden).toEqual(
      expect.arrayContaining(['proc/kcore', 'proc/keys', 'proc/timer_list', 'proc/scsi', 'sys/firmware']),
    );
  });

  it('keep settings of the whole host from being changed', () => {
    const paths = readonlyPaths.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['sys', 'sysrq-trigger', 'irq', 'bus', 'fs']));
  });
});
