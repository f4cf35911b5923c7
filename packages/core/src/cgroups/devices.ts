import { join } from 'node:path';
import { type DeviceRule, formatDeviceRule } from '../security/devices/rules.ts';
import type { Controller } from './controller.ts';
import type { CgroupWrite } from './plan.ts';

/**
 * Documentation/admin-guide/cgroup-v1/devices.rst. Used only where there are device rules; cgroup v2 has no such
 * controller, but takes a BPF program for each of its directories (`launch/phases/device-rules.ts`).
 */
export const devices: Controller = {
  always: false,
  limits: [],
  v1: { controller: 'devices', figures: [], settings: () => [], usage: () => ({}) },
  v2: undefined,
};

/** First nothing is allowed; then the rules in their order. */
export function deviceWrites(directory: string, rules: readonly DeviceRule[]): CgroupWrite[] {
  const write = (file: string, value: string, why: string): CgroupWrite => ({
    path: join(directory, file),
    value,
    what: `${file === 'devices.deny' ? 'deny' : 'allow'} devices: ${value}`,
    why,
    diagnose: {
      EPERM: { code: 'DEVICES_UNSUPPORTED', hint: 'The parent cgroup does not have this device itself.' },
    },
  });
  return [
    write('devices.deny', 'a', 'what is made with mknod(2) must not be the host’s disk'),
    ...rules.map((rule) => write(rule.allow ? 'devices.allow' : 'devices.deny', formatDeviceRule(rule), '')),
  ];
}
