/** What containers are made of, each group of options in one place: Docker's names where Docker has them. */
import type { OptionTable } from '../cli/options.ts';
import { under } from './command-spec.ts';

const deviceLimit = { value: 'DEV:RATE', complete: 'file', multiple: true } as const;
const size = { value: 'SIZE', complete: ['64m', '256m', '1g'] } as const;

export const limitOptions = under('Limits', {
  memory: { ...size, short: 'm', about: 'memory limit, e.g. 64m' },
  'memory-swap': { ...size, about: 'memory and swap together, or -1 for no limit on swap' },
  'memory-reservation': { ...size, about: 'memory that is reclaimed last' },
  'memory-high': { ...size, about: 'throttle the container above this much memory (cgroup v2)' },
  'pids-limit': { value: 'N', complete: 'nothing', about: 'number of processes and threads' },
  pids: { value: 'N', complete: 'nothing', about: 'the same as --pids-limit' },
  cpus: { value: 'N', complete: 'nothing', about: 'CPU time in cores, e.g. 0.5' },
  'cpu-weight': {
    value: 'N',
    complete: 'nothing',
    default: '100',
    about: 'share of the CPU under contention, 1 to 10000',
  },
  'cpu-shares': {
    short: 'c',
    value: 'N',
    complete: 'nothing',
    about: 'the same in the numbers of cgroup v1, 2 to 262144, 1024 the usual one',
  },
  'cpu-quota': {
    value: 'USEC',
    complete: 'nothing',
    about: 'CPU time in each period: what --cpus says in one',
  },
  'cpu-period': { value: 'USEC', complete: 'nothing', default: '100000', about: 'the period of --cpu-quota' },
  'cpuset-cpus': { value: 'LIST', complete: 'nothing', about: 'CPUs that it may use, e.g. 0-3,5' },
  'device-read-bps': { ...deviceLimit, about: 'limit reading from a device, in bytes a second' },
  'device-write-bps': { ...deviceLimit, about: 'limit writing to a device, in bytes a second' },
  'device-read-iops': { ...deviceLimit, about: 'limit reading from a device, in operations a second' },
  'device-write-iops': { ...deviceLimit, about: 'limit writing to a device, in operations a second' },
} as const satisfies OptionTable);

export const cgroupOptions = under('Limits', {
  'cgroup-parent': {
    value: 'PATH',
    complete: 'nothing',
    about: 'existing cgroup to put the container into',
  },
  cgroups: {
    value: 'enabled|disabled',
    complete: ['enabled', 'disabled'],
    default: 'enabled',
    about: 'whether to make cgroups at all',
  },
} as const satisfies OptionTable);

/** The command in a container, or one more in one that runs. */
export const processOptions = under('Its process', {
  env: {
    short: 'e',
    value: 'KEY=VALUE',
    complete: 'nothing',
    multiple: true,
    about: 'set a variable; KEY alone passes yours on',
  },
  'env-file': {
    value: 'FILE',
    complete: 'file',
    multiple: true,
    about: 'set the variables of a file, one KEY=VALUE a line; --env goes before it',
  },
  workdir: { short: 'w', value: 'DIR', complete: 'nothing', about: 'working directory inside' },
  user: {
    short: 'u',
    value: 'USER[:GROUP]',
    complete: 'nothing',
    about: 'user to run as, by name or number',
  },
  'group-add': {
    value: 'GROUP',
    complete: 'nothing',
    multiple: true,
    about: 'an additional group, by name or number',
  },
} as const satisfies OptionTable);

export const streamOptions = {
  interactive: { short: 'i', about: 'pass stdin on; without -t that is so anyway, but for -d' },
  tty: { short: 't', about: 'give it a terminal' },
} as const satisfies OptionTable;

export const nameOptions = {
  name: { value: 'NAME', complete: 'nothing', about: 'name of the container' },
  hostname: { short: 'h', value: 'NAME', complete: 'nothing', about: 'host name inside' },
} as const satisfies OptionTable;

export const fileOptions = under('Its files', {
  volume: {
    short: 'v',
    value: 'SRC:DST[:ro]',
    complete: 'volume-source',
    multiple: true,
    about: 'mount a directory or file of the host, or a volume by its name',
  },
  mount: {
    value: 'KEY=VALUE,...',
    complete: ['type=bind,source=', 'type=volume,source=', 'type=tmpfs,target='],
    multiple: true,
    about: 'e.g. type=bind,source=SRC,target=DST,readonly; or type=volume, type=tmpfs',
  },
  tmpfs: {
    value: 'DST[:OPTIONS]',
    complete: 'nothing',
    multiple: true,
    about: 'mount memory, e.g. /cache:size=64m,mode=1777',
  },
  'shm-size': {
    ...size,
    default: 'half of the memory',
    about: 'how much /dev/shm holds; it counts against the memory limit',
  },
  rootfs: {
    value: 'DIR',
    complete: 'directory',
    about: 'use a directory as the root file system, instead of an image',
  },
  entrypoint: {
    value: 'PROGRAM',
    complete: 'nothing',
    about: 'run this in place of what the image runs; "" for nothing of it',
  },
  pull: {
    value: 'WHEN',
    complete: ['missing', 'always', 'never'],
    default: 'missing',
    about: 'get the image from its registry: missing, always or never',
  },
  'read-only': { about: 'make the root file system read-only' },
  'copy-image': { about: 'copy the image for this container; happens by itself without overlayfs' },
  'no-pivot': { about: 'use chroot in place of pivot_root' },
} as const satisfies OptionTable);

export const isolationOptions = under('Isolation', {
  device: {
    value: 'DEV[:PATH][:rwm]',
    complete: 'file',
    multiple: true,
    about: 'give it a device of the host',
  },
  network: {
    value: 'NETWORK',
    complete: ['none', 'host', 'container:'],
    default: 'none',
    alias: ['net'],
    about: 'none (only lo), host, or container:NAME to share that one’s',
  },
  userns: {
    value: 'USERNS',
    complete: ['private', 'self', 'host'],
    about: 'private, self (root inside is you outside), or host (root’s default)',
  },
  uts: {
    value: 'UTS',
    complete: ['private', 'host'],
    default: 'private',
    about: 'private, or host to share the host name',
  },
} as const satisfies OptionTable);

export const lifeOptions = under('Its life', {
  init: { about: 'run a first process that reaps orphans and passes signals on' },
  timeout: { value: 'TIME', complete: ['5s', '1m'], about: 'kill the container after e.g. 5s' },
  'cpu-time': {
    value: 'TIME',
    complete: ['2s'],
    about: 'kill the container after so much CPU time, e.g. 2s',
  },
} as const satisfies OptionTable);

/** What a container that stays has. */
export const keptOptions = under('Its life', {
  label: {
    short: 'l',
    value: 'KEY=VALUE',
    complete: 'nothing',
    multiple: true,
    about: 'label the container',
  },
  'label-file': {
    value: 'FILE',
    complete: 'file',
    multiple: true,
    about: 'the labels of a file, one KEY=VALUE a line; --label goes before it',
  },
  'stop-signal': {
    value: 'SIGNAL',
    complete: 'signal',
    default: 'SIGTERM',
    about: 'what asks it to stop',
  },
  'stop-timeout': {
    value: 'SECONDS',
    complete: ['10'],
    default: '10',
    about: 'how long it may take to stop',
  },
  'log-size': { ...size, default: '16m', about: 'how much of its output is kept' },
  cidfile: { value: 'FILE', complete: 'file', about: 'write the id into a new file' },
} as const satisfies OptionTable);
