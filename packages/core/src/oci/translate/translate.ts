/** From config.json to a launch: the one place where the specification's words become the launch program's. */
import { posix, resolve } from 'node:path';
import type { CgroupPlan } from '../../cgroups/plan.ts';
import type { BundleSpec, PropagationFlag } from '../../launch/bundle-spec.ts';
import type { OciConfig } from '../config/config.ts';
import { hooksOfCreate } from '../hooks.ts';
import { refuse } from '../json.ts';
import { translateDevices } from './devices.ts';
import { translateMounts } from './mounts.ts';
import { type Caller, checkSysctl, translateNamespaces } from './namespaces.ts';
import { translateProcess } from './process.ts';
import { translateTerminal } from './terminal.ts';

export interface TranslateOptions {
  readonly id: string;
  readonly stateDirectory: string;
  /** Absolute: relative paths are relative to it. */
  readonly bundle: string;
  readonly caller: Caller;
  readonly cgroup: CgroupPlan | undefined;
  /** Whether somebody else makes the cgroup, for the launcher. */
  readonly adopted?: boolean;
  readonly consoleSocket: string | undefined;
  /** The caller takes the terminal itself. */
  readonly ownTerminal: boolean;
  readonly preserveFds: number;
  readonly ownStreams: readonly number[];
  readonly noPivot: boolean;
  readonly noNewKeyring: boolean;
}

/** @throws TcError INVALID_BUNDLE, UNSUPPORTED_FIELD */
export function translate(config: OciConfig, options: TranslateOptions): BundleSpec {
  const { linux } = config;
  const ociProcess = config.process ?? refuse('process', 'is missing');
  const namespaces = translateNamespaces(config, options.caller);
  const { mounts, idMaps } = translateMounts(config, options.bundle, options.caller);
  if (namespaces.user?.denySetgroups && ociProcess.user.additionalGids.length > 0)
    refuse('process.user.additionalGids', 'can’t be had where an ordinary user maps only itself');
  const process = {
    ...translateProcess(ociProcess, config, { id: options.id, status: 'creating', bundle: options.bundle }),
    newKeyring: !options.noNewKeyring,
  };
  const terminal = translateTerminal(ociProcess, options);
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
    mounts,
    idMaps,
    devices: hostsDev ? [] : translateDevices(config),
    deviceLinks: !hostsDev,
    sysctls: Object.entries(linux.sysctl).map(([name, value]) => checkSysctl(name, value, namespaces)),
    cgroup: options.cgroup,
    adopted: options.adopted ?? false,
    process,
    terminal: terminal.taken,
    timeoutMs: undefined,
    maskedPaths: linux.maskedPaths,
    readonlyPaths: linux.readonlyPaths,
    console: terminal.console,
    preserveFds: options.preserveFds,
    ownStreams: ociProcess.terminal ? [] : options.ownStreams,
    hooked: hooksOfCreate.some((name) => config.hooks[name].length > 0),
    personality: linux.personality,
  };
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
