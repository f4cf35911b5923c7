/** From config.json to a launch: the one place where the specification's words become the launch program's. */
import { statSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import { capabilityNames } from '@tc/linux';
import type { CgroupPlan } from '../cgroups/plan.ts';
import type {
  BundleMount,
  BundleNamespaces,
  BundleSpec,
  DeviceSpec,
  PropagationFlag,
} from '../launch/bundle-spec.ts';
import type { ProcessSpec, RlimitSpec, UserNamespaceSpec } from '../launch/spec.ts';
import type { RlimitName } from '../run/options.ts';
import { resolveRlimits } from '../run/resolve-rlimits.ts';
import { checkLabels } from '../security/lsm/check-labels.ts';
import { filterOf, listenerOf } from '../security/seccomp/filter.ts';
import type { OciConfig, OciIdMapping, OciMount, OciProcess } from './config.ts';
import { refuse, unsupported } from './json.ts';
import { type MountOptions, parseMountOptions } from './mount-options.ts';

export interface TranslateOptions {
  readonly id: string;
  readonly stateDirectory: string;
  /** Absolute: relative paths are relative to it. */
  readonly bundle: string;
  readonly cgroup: CgroupPlan | undefined;
  readonly consoleSocket: string | undefined;
  readonly preserveFds: number;
  readonly ownStreams: readonly number[];
  readonly noPivot: boolean;
  readonly noNewKeyring: boolean;
}

/** @throws TcError INVALID_BUNDLE, UNSUPPORTED_FIELD */
export function translate(config: OciConfig, options: TranslateOptions): BundleSpec {
  const { linux } = config;
  const ociProcess = config.process ?? refuse('process', 'is missing');
  const namespaces = translateNamespaces(config);
  const process = {
    ...translateProcess(ociProcess, config, { id: options.id, status: 'creating', bundle: options.bundle }),
    newKeyring: !options.noNewKeyring,
  };
  checkTerminal(ociProcess, options.consoleSocket);
  const size = ociProcess.consoleSize ?? { width: 80, height: 24 };
  const hostsDev = config.mounts.some(
    ({ destination, options: words, type }) =>
      posix.resolve('/', destination) === '/dev' &&
      (type === 'bind' || words.includes('bind') || words.includes('rbind')),
  );
  return {
    id: options.id,
    stateDirectory: options.stateDirectory,
    namespaces,
    hostname: config.hostname,
    domainname: config.domainname,
    root: {
      path: resolve(options.bundle, config.root.path),
      readOnly: config.root.readonly,
      propagation: rootPropagation(linux.rootfsPropagation),
      enter: options.noPivot ? 'chroot' : 'pivot_root',
    },
    mounts: config.mounts.map((mount, index) => translateMount(mount, `mounts[${index}]`, options.bundle)),
    devices: hostsDev ? [] : translateDevices(config),
    deviceLinks: !hostsDev,
    sysctls: Object.entries(linux.sysctl).map(([name, value]) => checkSysctl(name, value, namespaces)),
    cgroup: options.cgroup,
    process,
    terminal: undefined,
    timeoutMs: undefined,
    maskedPaths: linux.maskedPaths,
    readonlyPaths: linux.readonlyPaths,
    console:
      options.consoleSocket === undefined
        ? undefined
        : { socket: options.consoleSocket, columns: size.width, rows: size.height },
    preserveFds: options.preserveFds,
    ownStreams: ociProcess.terminal ? [] : options.ownStreams,
    hooked: config.hooks.prestart.length > 0 || config.hooks.createRuntime.length > 0,
    personality: linux.personality,
  };
}

export function checkTerminal(process: OciProcess, consoleSocket: string | undefined): void {
  if (process.terminal && consoleSocket === undefined)
    refuse('process.terminal', 'is true, and there is no --console-socket to pass the terminal to');
  if (!process.terminal && consoleSocket !== undefined)
    refuse('process.terminal', 'is false, and there is a --console-socket');
}

const joinOrder = ['user', 'ipc', 'uts', 'network', 'pid', 'time', 'cgroup'] as const;

function translateNamespaces({ linux, hostname, domainname }: OciConfig): BundleNamespaces {
  const { namespaces } = linux;
  const of = (type: string) => namespaces.find((each) => each.type === type);
  const mount = of('mount');
  if (mount === undefined) unsupported('linux.namespaces', 'without a new mount namespace is not supported');
  if (mount.path !== undefined)
    unsupported('linux.namespaces', 'with the path of a mount namespace is not supported');
  if (of('uts') === undefined && (hostname ?? domainname) !== undefined)
    refuse(hostname === undefined ? 'domainname' : 'hostname', 'needs a UTS namespace of its own');
  const user = of('user');
  return {
    made: namespaces.filter(({ path }) => path === undefined).map(({ type }) => type),
    joined: joinOrder.flatMap((type) => {
      const path = of(type)?.path;
      return path === undefined ? [] : [{ type, path }];
    }),
    user: user === undefined ? undefined : userNamespace(user.path, linux),
    cgroup: of('cgroup') !== undefined && of('cgroup')?.path === undefined,
  };
}

function userNamespace(path: string | undefined, linux: OciConfig['linux']): UserNamespaceSpec {
  const lines = (mappings: readonly OciIdMapping[]) =>
    mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}`).join('\n');
  if (path === undefined && linux.uidMappings.length === 0)
    refuse('linux.uidMappings', 'is empty, and there is a new user namespace');
  if (path === undefined && linux.gidMappings.length === 0)
    refuse('linux.gidMappings', 'is empty, and there is a new user namespace');
  return {
    uidMap: lines(linux.uidMappings),
    gidMap: lines(linux.gidMappings),
    denySetgroups: false,
    mapper: path === undefined ? 'supervisor' : 'joined',
    shiftMounts: false,
  };
}

/** @param state of the container, for whoever answers for its seccomp filter */
export function translateProcess(
  process: OciProcess,
  config: Pick<OciConfig, 'linux' | 'ociVersion' | 'annotations'>,
  state: { readonly id: string; readonly status: 'creating' | 'running'; readonly bundle: string },
): ProcessSpec {
  const numbers = (names: readonly string[]) => names.map((name) => capabilityNames.indexOf(name as never));
  const { bounding, effective, permitted, inheritable, ambient } = process.capabilities;
  const seccompProfile = config.linux.seccomp ?? 'unconfined';
  return {
    argv: process.args,
    env: withHome(process),
    cwd: posix.normalize(process.cwd),
    uid: process.user.uid,
    gid: process.user.gid,
    additionalGids: process.user.additionalGids,
    umask: process.user.umask ?? 0o022,
    capabilities: numbers(bounding),
    capabilitySets: {
      effective: numbers(effective),
      permitted: numbers(permitted),
      inheritable: numbers(inheritable),
      // No process can hold others: capabilities(7). buildah lists them all, and runc passes over those.
      ambient: numbers(ambient.filter((name) => permitted.includes(name) && inheritable.includes(name))),
    },
    noNewPrivileges: process.noNewPrivileges,
    supervised: false,
    rlimits: process.rlimits.map(translateRlimit),
    oomScoreAdj: process.oomScoreAdj,
    seccompProfile,
    seccomp: filterOf(seccompProfile, numbers(bounding)),
    seccompListener: listenerOf(seccompProfile, {
      ociVersion: config.ociVersion,
      ...state,
      annotations: config.annotations,
    }),
    ...checkLabels({ apparmor: process.apparmorProfile, selinux: process.selinuxLabel }),
    maskedPaths: [],
    readonlyPaths: [],
  };
}

/** Programs expect it, and runc sets it where it is missing. */
function withHome({ env, user }: OciProcess): readonly string[] {
  if (env.some((variable) => variable.startsWith('HOME='))) return env;
  return [...env, `HOME=${user.uid === 0 ? '/root' : '/'}`];
}

/** JSON has no 64-bit numbers: what is near 2^64 is RLIM_INFINITY. */
function translateRlimit({ type, soft, hard }: OciProcess['rlimits'][number], index: number): RlimitSpec {
  const value = (limit: number) => (limit > Number.MAX_SAFE_INTEGER ? 'max' : limit);
  const name = type.replace(/^RLIMIT_/, '').toLowerCase() as RlimitName;
  try {
    const [limit] = resolveRlimits({ [name]: { soft: value(soft), hard: value(hard) } });
    if (limit !== undefined) return limit;
  } catch {}
  return refuse(`process.rlimits[${index}]`, `is no limit: ${JSON.stringify({ type, soft, hard })}`);
}

const flagOf: Readonly<Record<string, PropagationFlag>> = {
  private: 'MS_PRIVATE',
  slave: 'MS_SLAVE',
  shared: 'MS_SHARED',
  unbindable: 'MS_UNBINDABLE',
};

function rootPropagation(name: OciConfig['linux']['rootfsPropagation']) {
  const flag = name === undefined ? undefined : flagOf[name];
  return flag === undefined ? undefined : { flag, recursive: true };
}

/** What others may not be mounted onto but for these: what lxcfs and runc put there. */
const onProc =
  /^\/proc\/(?:cpuinfo|diskstats|meminfo|stat|swaps|uptime|loadavg|slabinfo|net\/dev|sys\/kernel\/ns_last_pid|sys\/crypto\/fips_enabled|sys\/fs\/binfmt_misc)$/;

function translateMount(mount: OciMount, at: string, bundle: string): BundleMount {
  const options = parseMountOptions(mount.options, `${at}.options`);
  const target = posix.resolve('/', mount.destination);
  if (target === '/') refuse(`${at}.destination`, 'is the root itself');
  const isBind = options.bind || mount.type === 'bind' || mount.type === 'rbind';
  if (
    !(mount.type === 'proc' && target === '/proc') &&
    isOnProc(target) &&
    !(isBind && mount.source === '/proc')
  )
    refuse(`${at}.destination`, `lies on /proc, where it could replace what protects the host: ${target}`);
  const common = { target, changes: options.changes, propagation: options.propagation };
  if (isBind) return bindMount(mount, { options, at, bundle, common });
  if (mount.type === 'cgroup' || mount.type === 'cgroup2') return { kind: 'cgroup', ...common };
  if (options.copyUp && mount.type !== 'tmpfs')
    refuse(`${at}.options`, 'has tmpcopyup, which is for a tmpfs');
  return {
    kind: 'new',
    type: mount.type ?? refuse(`${at}.type`, 'is missing'),
    source: mount.source ?? mount.type ?? '',
    options: options.data,
    ...common,
  };
}

function isOnProc(target: string): boolean {
  return (target === '/proc' || target.startsWith('/proc/')) && !onProc.test(target);
}

function bindMount(
  mount: OciMount,
  {
    options,
    at,
    bundle,
    common,
  }: {
    options: MountOptions;
    at: string;
    bundle: string;
    common: Pick<BundleMount, 'target' | 'changes' | 'propagation'>;
  },
): BundleMount {
  const [unknown] = options.data;
  if (unknown !== undefined) refuse(`${at}.options`, `has ${unknown[0]}, which is no option of a bind mount`);
  const source = resolve(bundle, mount.source ?? refuse(`${at}.source`, 'is missing'));
  const stats = statSync(source, { throwIfNoEntry: false });
  if (stats === undefined) refuse(`${at}.source`, `does not exist: no such file or directory: ${source}`);
  const recursive = options.recursive || mount.type === 'rbind';
  return {
    kind: 'bind',
    source,
    sourceType: stats.isDirectory() ? 'directory' : 'file',
    recursive,
    ...common,
  };
}

/** Which of the mounts are to start with what the image has below them, and the mode of those that are given one. */
export function copiedUp(config: OciConfig): { target: string; mode: number | undefined }[] {
  return config.mounts
    .filter(({ options, type }) => type === 'tmpfs' && options.includes('tmpcopyup'))
    .map(({ destination, options }) => {
      const mode = options.find((option) => /^mode=[0-7]+$/.test(option))?.slice('mode='.length);
      const target = posix.resolve('/', destination);
      return { target, mode: mode === undefined ? undefined : Number.parseInt(mode, 8) };
    });
}

const device = (path: string, major: number, minor: number): DeviceSpec => ({
  ...{ path, type: 'c', major, minor },
  ...{ mode: 0o666, uid: 0, gid: 0 },
});

/** config-linux.md, "Default Devices"; ptmx is a link, and console the terminal. */
const usualDevices = [
  device('/dev/null', 1, 3),
  device('/dev/zero', 1, 5),
  device('/dev/full', 1, 7),
  device('/dev/random', 1, 8),
  device('/dev/urandom', 1, 9),
  device('/dev/tty', 5, 0),
];

function translateDevices({ linux }: OciConfig): DeviceSpec[] {
  const own = linux.devices.map(
    ({ fileMode, path, ...rest }): DeviceSpec => ({
      ...rest,
      path: posix.normalize(path),
      mode: fileMode,
    }),
  );
  const made = new Set(own.map(({ path }) => path));
  return [...own, ...usualDevices.filter(({ path }) => !made.has(path))];
}

const ofIpc =
  /^(?:kernel\.(?:msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|fs\.mqueue\.\w+)$/;

function checkSysctl(name: string, value: string, { made, joined }: BundleNamespaces) {
  const has = (type: string) => made.includes(type as never) || joined.some((each) => each.type === type);
  const at = `linux.sysctl[${JSON.stringify(name)}]`;
  const key = name.includes('/') && !name.includes('.') ? name.replaceAll('/', '.') : name;
  const namespace = /^net\./.test(key)
    ? 'network'
    : ofIpc.test(key)
      ? 'ipc'
      : /^kernel\.(?:hostname|domainname)$/.test(key)
        ? 'uts'
        : refuse(at, 'does not belong to a namespace: it is a setting of the whole host');
  if (!has(namespace)) refuse(at, `needs a namespace of the type ${namespace} in linux.namespaces`);
  if (!/^[\w./-]+$/.test(key) || key.includes('..')) refuse(at, 'is no name of a setting');
  return { name: key, value };
}
