/** `mounts`: which are bound, which are made, and which are refused. */
import { statSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import type { BundleMount, IdMap } from '../../launch/bundle-spec.ts';
import { checkLabels } from '../../security/lsm/check-labels.ts';
import type { OciConfig } from '../config/config.ts';
import type { OciMount } from '../config/mounts.ts';
import { refuse } from '../json.ts';
import { type MountOptions, parseMountOptions } from '../mount-options.ts';
import { idMapOf } from './id-maps.ts';
import type { Caller } from './namespaces.ts';

/** What others may not be mounted onto but for these: what lxcfs and runc put there. */
const onProc =
  /^\/proc\/(?:cpuinfo|diskstats|meminfo|stat|swaps|uptime|loadavg|slabinfo|net\/dev|sys\/kernel\/ns_last_pid|sys\/crypto\/fips_enabled|sys\/fs\/binfmt_misc)$/;

export interface TranslatedMounts {
  readonly mounts: readonly BundleMount[];
  readonly idMaps: readonly IdMap[];
}

export function translateMounts(config: OciConfig, bundle: string, caller: Caller): TranslatedMounts {
  const idMaps: IdMap[] = [];
  const { mountLabel } = config.linux;
  checkLabels({ selinux: mountLabel });
  const mounts = config.mounts.map((mount, index) => {
    const at = `mounts[${index}]`;
    const translated = translateMount(mount, at, bundle, mountLabel);
    const map = idMapOf(mount, at, config, caller);
    if (map === undefined) return translated;
    if (translated.kind !== 'bind') refuse(at, 'has a map of ids, which is for a bind mount');
    idMaps.push(map.ids);
    return { ...translated, idMap: { index: idMaps.length - 1, recursive: map.recursive } };
  });
  return { mounts, idMaps };
}

function translateMount(
  mount: OciMount,
  at: string,
  bundle: string,
  mountLabel: string | undefined,
): BundleMount {
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
    options: labelled(options.data, mount.type, mountLabel),
    ...common,
  };
}

/** What the kernel itself gives labels to takes none: SELinux labels neither proc nor sysfs. */
const labelsItself = ['proc', 'sysfs', 'mqueue'];

function labelled(
  data: MountOptions['data'],
  type: string | undefined,
  label: string | undefined,
): MountOptions['data'] {
  if (label === undefined || labelsItself.includes(type ?? '')) return data;
  return [...data, ['context', label]];
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
    idMap: undefined,
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
