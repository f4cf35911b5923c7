/** `features`: what this runtime does, as features.md of the specification has it. */
import { capabilityNames } from '@tc/linux';
import { hookNames } from './config/hooks.ts';

export const ociVersion = { least: '1.0.0', most: '1.2.1' } as const;

const attributes = [
  'ro',
  'rw',
  'nosuid',
  'suid',
  'nodev',
  'dev',
  'noexec',
  'exec',
  'nodiratime',
  'diratime',
].concat([
  'nosymfollow',
  'symfollow',
  'noatime',
  'strictatime',
  'relatime',
  'atime',
  'norelatime',
  'nostrictatime',
]);
const propagations = ['private', 'slave', 'shared', 'unbindable'];
const both = (names: readonly string[]) => names.flatMap((name) => [name, `r${name}`]);

export function ociFeatures() {
  return {
    ociVersionMin: ociVersion.least,
    ociVersionMax: ociVersion.most,
    hooks: hookNames,
    mountOptions: [
      ...both(attributes),
      ...both(propagations),
      'bind',
      'rbind',
      'defaults',
      'tmpcopyup',
      'idmap',
      'ridmap',
    ].sort(),
    linux: {
      namespaces: ['cgroup', 'ipc', 'mount', 'network', 'pid', 'time', 'user', 'uts'],
      capabilities: [...capabilityNames],
      cgroup: { v1: true, v2: true, systemd: true, systemdUser: false, rdma: false },
      seccomp: {
        enabled: true,
        actions: [
          'ALLOW',
          'ERRNO',
          'KILL',
          'KILL_PROCESS',
          'KILL_THREAD',
          'LOG',
          'NOTIFY',
          'TRACE',
          'TRAP',
        ].map((name) => `SCMP_ACT_${name}`),
        operators: ['NE', 'LT', 'LE', 'EQ', 'GE', 'GT', 'MASKED_EQ'].map((name) => `SCMP_CMP_${name}`),
        archs: ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_X86_64'],
        knownFlags: ['SECCOMP_FILTER_FLAG_LOG', 'SECCOMP_FILTER_FLAG_SPEC_ALLOW'],
        supportedFlags: ['SECCOMP_FILTER_FLAG_LOG', 'SECCOMP_FILTER_FLAG_SPEC_ALLOW'],
      },
      apparmor: { enabled: true },
      selinux: { enabled: true },
      intelRdt: { enabled: false },
      mountExtensions: { idmap: { enabled: true } },
    },
    annotations: {},
  };
}
