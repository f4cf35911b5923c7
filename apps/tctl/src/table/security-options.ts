import type { OptionTable } from '../cli/options.ts';
import { under } from './command-spec.ts';

export const securityOptions = under('Security', {
  'cap-add': {
    value: 'NAME',
    complete: 'capability',
    multiple: true,
    about: 'give root inside a capability, e.g. NET_ADMIN, or ALL',
  },
  'cap-drop': {
    value: 'NAME',
    complete: 'capability',
    multiple: true,
    about: 'take a capability from it, or ALL',
  },
  ulimit: {
    value: 'NAME=SOFT[:HARD]',
    complete: ['nofile=', 'nproc=', 'core=', 'fsize=', 'memlock=', 'stack='],
    multiple: true,
    about: 'limit each process, e.g. nofile=1024:2048',
  },
  sysctl: {
    value: 'KEY=VALUE',
    complete: ['net.ipv4.ip_forward=', 'net.ipv4.ip_unprivileged_port_start=', 'kernel.shmmax='],
    multiple: true,
    about: 'kernel setting of its own namespaces, e.g. net.ipv4.ip_forward=1',
  },
  'oom-score-adj': {
    value: 'N',
    complete: 'nothing',
    about: 'whom the OOM killer of the host prefers: -1000 to 1000',
  },
  landlock: {
    value: 'KEY=VALUE',
    complete: ['read=', 'write=', 'connect=', 'bind='],
    multiple: true,
    about: 'allow these alone: read=PATH, write=PATH, connect=PORT, bind=PORT',
  },
  'security-opt': {
    value: 'KEY=VALUE',
    complete: ['seccomp=unconfined', 'seccomp=default', 'apparmor=', 'label=', 'no-new-privileges'],
    multiple: true,
    about: 'seccomp=FILE|unconfined, apparmor=PROFILE or label=SELINUX_LABEL',
  },
} as const satisfies OptionTable);
