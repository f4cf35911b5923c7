/** From config.json to a launch: the one place where the specification's words become the launch program's. */
import { posix, resolve } from 'node:path';
import type { CgroupPlan } from '../../cgroups/plan.ts';
import type { BundleSpec, PropagationFlag } from '../../launch/bundle-spec.ts';
import type { OciConfig } from '../config/config.ts';
import { refuse } from '../json.ts';
import { translateDevices } from './devices.ts';
import { translateMount } from './mounts.ts';
import { checkSysctl, translateNamespaces } from './namespaces.ts';
import { checkTerminal, translateProcess } from './process.ts';

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
