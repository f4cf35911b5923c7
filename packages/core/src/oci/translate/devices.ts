/** linux.devices, and those that every container has. */
import { posix } from 'node:path';
import type { DeviceSpec } from '../../launch/bundle-spec.ts';
import type { OciConfig } from '../config/config.ts';

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

export function translateDevices({ linux }: OciConfig): DeviceSpec[] {
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
