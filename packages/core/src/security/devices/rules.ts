/** Which devices the processes of a cgroup may make, read and write: devices(5) of cgroup v1, BPF of cgroup v2. */

export interface DeviceRule {
  readonly allow: boolean;
  readonly type: 'a' | 'b' | 'c';
  /** Undefined: any. */
  readonly major: number | undefined;
  readonly minor: number | undefined;
  /** Of `r`, `w`, `m` (mknod). */
  readonly access: string;
}

const character = (major: number, minor: number | undefined): DeviceRule => ({
  allow: true,
  type: 'c',
  major,
  minor,
  access: 'rwm',
});

/**
 * Docker's (moby: oci/devices_linux.go, runc: specconv/spec_linux.go) without the tunnel: nodes of any kind may be made,
 * as package managers do, but only these opened. What no rule allows is refused.
 */
export const defaultDeviceRules: readonly DeviceRule[] = [
  { allow: true, type: 'c', major: undefined, minor: undefined, access: 'm' },
  { allow: true, type: 'b', major: undefined, minor: undefined, access: 'm' },
  character(1, 3), // null
  character(1, 5), // zero
  character(1, 7), // full
  character(1, 8), // random
  character(1, 9), // urandom
  character(5, 0), // tty
  character(5, 1), // console
  character(5, 2), // ptmx
  character(136, undefined), // pts
];

/** As v1's devices.allow and devices.deny take it. */
export function formatDeviceRule({ type, major, minor, access }: DeviceRule): string {
  return `${type} ${major ?? '*'}:${minor ?? '*'} ${access}`;
}
