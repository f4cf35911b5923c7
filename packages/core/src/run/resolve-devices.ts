/** Devices of the host for a container. */
import { realpathSync } from 'node:fs';
import { posix } from 'node:path';
import { TcError } from '@tc/linux';
import type { CgroupPlan } from '../cgroups/plan.ts';
import type { DeviceSpec, NamespaceSpec } from '../launch/spec.ts';
import { type DeviceRule, defaultDeviceRules } from '../security/devices/rules.ts';
import { invalid } from './invalid.ts';
import type { Device, RunOptions } from './options.ts';
import { statHost } from './stat-host.ts';

const operation = 'give the container a device';

/** Docker's form: `/dev/fuse`, `/dev/sdc:/dev/xvdc:r`. @throws TcError INVALID_OPTION */
export function parseDevice(text: string): Device {
  const [source = '', second, third, ...more] = text.split(':');
  const [target, access] =
    third === undefined && second !== undefined && isAccess(second) ? [undefined, second] : [second, third];
  const hint = 'Give it as SOURCE[:TARGET][:rwm]: /dev/sdc:/dev/xvdc:r.';
  if (source === '' || more.length > 0) invalid(`${JSON.stringify(text)} is not a device`, operation, hint);
  return { source, ...(target === undefined ? {} : { target }), ...(access === undefined ? {} : { access }) };
}

const isAccess = (text: string): boolean => /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;

/** @throws TcError INVALID_OPTION */
export function resolveDevices(given: NonNullable<RunOptions['devices']>): DeviceSpec[] {
  return given.map((each) => {
    const { source, target = source, access = 'rwm' } = typeof each === 'string' ? parseDevice(each) : each;
    if (!isAccess(access))
      invalid(`${JSON.stringify(access)} is no access`, operation, 'It is of r, w and m, each once.');
    const path = posix.normalize(target);
    if (!/^\/dev\/[^/]/.test(path) || path.endsWith('/') || path.includes('\0'))
      invalid(
        `it can't be at ${JSON.stringify(target)}`,
        operation,
        'Devices are in /dev: no other file system has any.',
      );
    const stats = source.startsWith('/') ? statHost(source, operation) : undefined;
    const type = stats?.isCharacterDevice() ? 'c' : stats?.isBlockDevice() ? 'b' : undefined;
    if (stats === undefined || type === undefined)
      return invalid(
        `${JSON.stringify(source)} is not a device`,
        operation,
        'Give the absolute path of a device file.',
      );
    const { major, minor } = numbersOf(stats.rdev);
    const { mode, uid, gid } = stats;
    return {
      source: realpathSync(source),
      target: path,
      type,
      major,
      minor,
      mode: mode & 0o777,
      uid,
      gid,
      access,
    };
  });
}

/** glibc's gnu_dev_major() and gnu_dev_minor(): makedev(3). */
function numbersOf(device: number): { major: number; minor: number } {
  const value = BigInt(device);
  const major = ((value >> 8n) & 0xfffn) | ((value >> 32n) & 0xfffff000n);
  const minor = (value & 0xffn) | ((value >> 12n) & 0xffffff00n);
  return { major: Number(major), minor: Number(minor) };
}

/** @throws TcError DEVICES_UNSUPPORTED where only cgroups could tell reading from writing */
export function checkDevices(devices: readonly DeviceSpec[], plan: CgroupPlan | undefined): void {
  if (!devices.some(isLimited) || (plan !== undefined && process.geteuid?.() === 0)) return;
  throw new TcError('without cgroups of root, all of a device is given or nothing', {
    code: 'DEVICES_UNSUPPORTED',
    operation,
    hint: 'Leave the access out: SOURCE:TARGET.',
  });
}

const isLimited = ({ access }: DeviceSpec): boolean => !access.includes('r') || !access.includes('w');

/** Who can make device nodes, or a mount where they work: capabilities(7). */
const nodeMakers = [21 /* CAP_SYS_ADMIN */, 27 /* CAP_MKNOD */];

/**
 * The rules for the cgroup, where they make a difference: without these capabilities, or in a user namespace, there are
 * no nodes but those that the container is given, and they need not be told apart where all may be done with them.
 */
export function deviceRules(
  devices: readonly DeviceSpec[],
  capabilities: readonly number[],
  { user }: NamespaceSpec,
): readonly DeviceRule[] | undefined {
  const couldMake = user === undefined && capabilities.some((each) => nodeMakers.includes(each));
  if (!couldMake && !devices.some(isLimited)) return undefined;
  const own = devices.map(({ type, major, minor, access }) => ({ allow: true, type, major, minor, access }));
  return [...defaultDeviceRules, ...own];
}
