import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultCapabilities } from '@tc/core';
import { afterAll, describe, expect, it } from 'vitest';
import { toSecurity } from '../../src/commands/to-security.ts';

const directory = mkdtempSync(join(tmpdir(), 'profile-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(text: string): string {
  const path = join(directory, 'profile.json');
  writeFileSync(path, text);
  return path;
}

describe('options for privileges', () => {
  it('say nothing where none is given', () => {
    expect(toSecurity({})).toEqual({});
  });

  it('add and drop capabilities', () => {
    const { capabilities } = toSecurity({ 'cap-add': ['net_admin'], 'cap-drop': ['CHOWN'] });
    expect(capabilities).toEqual([
      ...defaultCapabilities.filter((name) => name !== 'CAP_CHOWN'),
      'CAP_NET_ADMIN',
    ]);
  });

  it('take a profile from a file, or none, as Docker writes it', () => {
    const profile = {
      defaultAction: 'SCMP_ACT_ALLOW',
      syscalls: [{ names: ['mkdir'], action: 'SCMP_ACT_ERRNO' }],
    };
    const path = file(JSON.stringify(profile));
    expect(toSecurity({ 'security-opt': [`seccomp=${path}`] })).toEqual({ seccomp: profile });
    expect(toSecurity({ 'security-opt': ['seccomp:unconfined'] })).toEqual({ seccomp: 'unconfined' });
    expect(toSecurity({ 'security-opt': ['seccomp=default'] })).toEqual({ seccomp: 'default' });
    expect(toSecurity({ 'security-opt': ['no-new-privileges'] })).toEqual({});
  });

  it('limit processes, and set what is the container’s own in the kernel', () => {
    const values = {
      ulimit: ['nofile=10:20', 'core=0'],
      sysctl: ['net.ipv4.ip_forward=1', 'kernel.sem=1 2 3 4'],
      'oom-score-adj': '-5',
    };
    expect(toSecurity(values)).toEqual({
      rlimits: { nofile: { soft: 10, hard: 20 }, core: { soft: 0, hard: 0 } },
      sysctls: { 'net.ipv4.ip_forward': '1', 'kernel.sem': '1 2 3 4' },
      oomScoreAdj: -5,
    });
    expect(() => toSecurity({ sysctl: ['x'] })).toThrow(/takes KEY=VALUE/);
    expect(() => toSecurity({ ulimit: ['x=1'] })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });

  it.each([
    ['apparmor=', /takes seccomp=default/],
    ['label=x', /takes seccomp=default/],
    ['seccomp=', /takes seccomp=default/],
    ['no-new-privileges=false', /always on/],
    ['seccomp=/nowhere', /ENOENT/],
  ])('refuse %s', (option, problem) => {
    expect(() => toSecurity({ 'security-opt': [option] })).toThrow(problem);
  });

  it('are labels and Landlock’s rules, too', () => {
    const landlock = ['read=/usr', 'read=/lib', 'bind=80', 'connect=443'];
    expect(toSecurity({ landlock, 'security-opt': ['apparmor=web', 'label=u:r:t:s0'] })).toEqual({
      landlock: { read: ['/usr', '/lib'], bind: [80], connect: [443] },
      apparmor: 'web',
      selinux: 'u:r:t:s0',
    });
    expect(() => toSecurity({ landlock: ['run=/'] })).toThrow(/takes read=PATH/);
  });

  it('refuse a file that is no profile', () => {
    expect(() => toSecurity({ 'security-opt': [`seccomp=${file('{')}`] })).toThrow(/is not JSON/);
    expect(() => toSecurity({ 'security-opt': [`seccomp=${file('{}')}`] })).toThrow(
      expect.objectContaining({ code: 'INVALID_SECCOMP' }),
    );
  });
});
