/** Options that several commands share, each group in one place: Docker's names where Docker has them. */
import type { OptionTable } from '../cli/options.ts';

export const limitOptions = {
  memory: { short: 'm', value: 'SIZE', about: 'memory limit, e.g. 64m' },
  'memory-swap': { value: 'SIZE', about: 'memory and swap together, or -1 for no limit on swap' },
  'memory-reservation': { value: 'SIZE', about: 'memory that is reclaimed last' },
  'memory-high': { value: 'SIZE', about: 'throttle the container above this much memory (cgroup v2)' },
  'pids-limit': { value: 'N', about: 'number of processes and threads' },
  pids: { value: 'N', about: 'the same as --pids-limit' },
  cpus: { value: 'N', about: 'CPU time in cores, e.g. 0.5' },
  'cpu-weight': { value: 'N', about: 'share of the CPU under contention, 1 to 10000, default 100' },
  'cpuset-cpus': { value: 'LIST', about: 'CPUs that it may use, e.g. 0-3,5' },
  'device-read-bps': {
    value: 'DEV:RATE',
    multiple: true,
    about: 'limit reading from a device, in bytes a second',
  },
  'device-write-bps': {
    value: 'DEV:RATE',
    multiple: true,
    about: 'limit writing to a device, in bytes a second',
  },
  'device-read-iops': {
    value: 'DEV:RATE',
    multiple: true,
    about: 'limit reading from a device, in operations a second',
  },
  'device-write-iops': {
    value: 'DEV:RATE',
    multiple: true,
    about: 'limit writing to a device, in operations a second',
  },
} as const satisfies OptionTable;

export const cgroupOptions = {
  'cgroup-parent': { value: 'PATH', about: 'existing cgroup to put the container into' },
  cgroups: { value: 'enabled|disabled', about: 'whether to make cgroups at all' },
} as const satisfies OptionTable;

/** The command in a container, or one more in one that runs. */
export const processOptions = {
  env: { short: 'e', value: 'KEY=VALUE', multiple: true, about: 'set a variable; KEY alone passes yours on' },
  workdir: { short: 'w', value: 'DIR', about: 'working directory inside' },
  user: { short: 'u', value: 'USER[:GROUP]', about: 'user to run as, by name or number' },
  'group-add': { value: 'GROUP', multiple: true, about: 'an additional group, by name or number' },
} as const satisfies OptionTable;

export const streamOptions = {
  interactive: { short: 'i', about: 'pass stdin on; without -t that is so anyway, but for -d' },
  tty: { short: 't', about: 'give it a terminal' },
} as const satisfies OptionTable;

export const detachOptions = {
  'detach-keys': { value: 'KEYS', about: 'keys that leave it to itself, default ctrl-p,ctrl-q' },
} as const satisfies OptionTable;

export const nameOptions = {
  name: { value: 'NAME', about: 'name of the container' },
  hostname: { short: 'h', value: 'NAME', about: 'host name inside' },
} as const satisfies OptionTable;

export const fileOptions = {
  volume: {
    short: 'v',
    value: 'SRC:DST[:ro]',
    multiple: true,
    about: 'mount a directory or file of the host, or a volume by its name',
  },
  mount: {
    value: 'KEY=VALUE,...',
    multiple: true,
    about: 'mount type=bind|volume|tmpfs,source=SRC,target=DST[,readonly]',
  },
  tmpfs: { value: 'DST[:OPTIONS]', multiple: true, about: 'mount memory, e.g. /cache:size=64m,mode=1777' },
  rootfs: { value: 'DIR', about: 'use a directory as the root file system, instead of an image' },
  entrypoint: { value: 'PROGRAM', about: 'run this in place of what the image runs; "" for nothing of it' },
  pull: { value: 'WHEN', about: 'get the image from its registry: missing (default), always or never' },
  'read-only': { about: 'make the root file system read-only' },
  'copy-image': { about: 'copy the image for this container; happens by itself without overlayfs' },
  'no-pivot': { about: 'use chroot in place of pivot_root' },
} as const satisfies OptionTable;

export const isolationOptions = {
  device: { value: 'DEV[:PATH][:rwm]', multiple: true, about: 'give it a device of the host' },
  network: {
    value: 'NETWORK',
    about: 'none (only lo, default), host, or container:NAME to share that one’s',
  },
  userns: { value: 'USERNS', about: 'private, self (root inside is you outside), or host (root’s default)' },
} as const satisfies OptionTable;

export const securityOptions = {
  'cap-add': {
    value: 'NAME',
    multiple: true,
    about: 'give root inside a capability, e.g. NET_ADMIN, or ALL',
  },
  'cap-drop': { value: 'NAME', multiple: true, about: 'take a capability from it, or ALL' },
  ulimit: { value: 'NAME=SOFT[:HARD]', multiple: true, about: 'limit each process, e.g. nofile=1024:2048' },
  sysctl: {
    value: 'KEY=VALUE',
    multiple: true,
    about: 'kernel setting of its own namespaces, e.g. net.ipv4.ip_forward=1',
  },
  'oom-score-adj': { value: 'N', about: 'whom the OOM killer of the host prefers: -1000 to 1000' },
  landlock: {
    value: 'KEY=VALUE',
    multiple: true,
    about: 'allow these alone: read=PATH, write=PATH, connect=PORT, bind=PORT',
  },
  'security-opt': {
    value: 'KEY=VALUE',
    multiple: true,
    about: 'seccomp=FILE|unconfined, apparmor=PROFILE or label=SELINUX_LABEL',
  },
} as const satisfies OptionTable;

export const lifeOptions = {
  init: { about: 'run a first process that reaps orphans and passes signals on' },
  timeout: { value: 'TIME', about: 'kill the container after e.g. 5s' },
  'cpu-time': { value: 'TIME', about: 'kill the container after so much CPU time, e.g. 2s' },
} as const satisfies OptionTable;

/** What a container that stays has. */
export const keptOptions = {
  label: { short: 'l', value: 'KEY=VALUE', multiple: true, about: 'label the container' },
  'stop-signal': { value: 'SIGNAL', about: 'what asks it to stop, default SIGTERM' },
  'stop-timeout': { value: 'SECONDS', about: 'how long it may take to stop, default 10' },
  'log-size': { value: 'SIZE', about: 'how much of its output is kept, default 16m' },
  cidfile: { value: 'FILE', about: 'write the id into a new file' },
} as const satisfies OptionTable;
