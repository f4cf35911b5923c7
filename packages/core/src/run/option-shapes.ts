import type { IoLimit, Limits } from '../cgroups/limits.ts';
import type { ContainerOptions } from '../container/options.ts';
import type { LandlockOptions } from '../security/landlock/resolve-landlock.ts';
import {
  anything,
  dictionary,
  either,
  type Kind,
  list,
  number,
  shape,
  text,
  toggle,
  word,
} from './check-shape.ts';
import type {
  BindMount,
  Device,
  NamespaceOptions,
  RootfsOptions,
  RunOptions,
  TmpfsMount,
} from './options.ts';

/** All options, so that none is added without its kind. */
type Shape<T> = { readonly [K in keyof Required<T>]: Kind };

const size = either(number, text);
const duration = either(number, text);

const rootfs = {
  path: either(text, list(text)),
  mode: word('rw', 'ro', 'overlay', 'overlay-ro'),
  upper: either(word('memory', 'disk'), shape({ path: text }, ['path'])),
  enter: word('pivot_root', 'chroot'),
} satisfies Shape<RootfsOptions>;

const io = {
  device: text,
  readBps: size,
  writeBps: size,
  readIops: number,
  writeIops: number,
} satisfies Shape<IoLimit>;

const limits = {
  memory: size,
  memoryHigh: size,
  memoryLow: size,
  memorySwap: size,
  pids: either(number, word('max')),
  cpus: number,
  cpuWeight: number,
  cpuset: text,
  io: list(shape(io, ['device'])),
} satisfies Shape<Limits>;

/** Of all three types. */
const mount = {
  type: word('bind', 'volume', 'tmpfs'),
  source: text,
  target: text,
  readOnly: toggle,
  recursive: toggle,
  propagation: word('private', 'slave', 'shared'),
  size,
  mode: number,
} satisfies Shape<Omit<BindMount, 'type'> & Omit<TmpfsMount, 'type'> & { type: string }>;

const namespaces = {
  user: either(toggle, word('self'), shape({ uidMap: text, gidMap: text }, ['uidMap', 'gidMap'])),
  time: shape({ monotonicSeconds: number, boottimeSeconds: number }),
  uts: word('private', 'host'),
} satisfies Shape<NamespaceOptions>;

const limitOfProcess = either(number, word('max'));

/** What a container and a run have in common. */
const common = {
  rootfs: either(text, shape(rootfs, ['path'])),
  name: text,
  hostname: text,
  env: dictionary(text),
  cwd: text,
  user: either(text, number),
  groups: list(either(text, number)),
  umask: number,
  limits: shape(limits),
  onUnsupported: word('error', 'warn'),
  cgroups: word('enabled', 'disabled'),
  cgroupParent: text,
  mounts: list(either(text, shape(mount, ['target']))),
  devices: list(
    either(text, shape({ source: text, target: text, access: text } satisfies Shape<Device>, ['source'])),
  ),
  network: text,
  namespaces: shape(namespaces),
  capabilities: list(text),
  rlimits: dictionary(
    either(limitOfProcess, shape({ soft: limitOfProcess, hard: limitOfProcess }, ['soft', 'hard'])),
  ),
  oomScoreAdj: number,
  sysctls: dictionary(text),
  landlock: shape({
    read: list(text),
    write: list(text),
    connect: list(number),
    bind: list(number),
  } satisfies Shape<LandlockOptions>),
  apparmor: text,
  selinux: text,
  seccomp: anything, // readSeccompProfile() checks it
  timeout: duration,
  cpuTime: duration,
  tty: either(toggle, shape({ columns: number, rows: number }, ['columns', 'rows'])),
  init: toggle,
};

export const runShape = shape(
  {
    ...common,
    signal: anything,
    stdin: anything, // streams.ts checks these
    input: anything,
    stdout: anything,
    stderr: anything,
    encoding: word('utf8', 'buffer'),
    maxOutput: size,
    reject: toggle,
  } satisfies Shape<RunOptions>,
  ['rootfs'],
);

export const containerShape = shape(
  {
    ...common,
    command: list(text),
    image: text,
    labels: dictionary(text),
    detached: toggle,
    stdin: word('open', 'ignore'),
    restart: text,
    logs: either(toggle, shape({ maxBytes: size })),
    maxOutput: size,
    stopSignal: either(text, number),
    stopTimeout: duration,
    autoRemove: toggle,
  } satisfies Shape<ContainerOptions>,
  ['rootfs', 'command'],
);
