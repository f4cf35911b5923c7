/** What every container gets unless told otherwise. */
import { type CapabilityName, capabilityNames } from '@tc/linux';
import type { MaskedPath, PseudoPath } from '../launch/spec.ts';

/**
 * Docker's default set (moby: oci/caps/defaults.go) without CAP_MKNOD: hardly a program needs it, no mount but /dev takes
 * nodes, and without it no rules for devices are needed, which cost each start a BPF program. Podman leaves it out too.
 */
export const defaultCapabilities: readonly CapabilityName[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_RAW',
  'CAP_SYS_CHROOT',
  'CAP_AUDIT_WRITE',
  'CAP_SETFCAP',
];

export function capabilityNumber(name: CapabilityName): number {
  return capabilityNames.indexOf(name);
}

const proc = (path: string, type: MaskedPath['type']): MaskedPath => ({ on: 'proc', path, type });
const sys = (path: string): MaskedPath => ({ on: 'sys', path, type: 'directory' });

/** Docker's list (moby: oci/defaults.go): kernel memory, keys, timers and firmware of the host. */
export const maskedPaths: readonly MaskedPath[] = [
  proc('acpi', 'directory'),
  proc('asound', 'directory'),
  proc('interrupts', 'file'),
  proc('kcore', 'file'),
  proc('keys', 'file'),
  proc('latency_stats', 'file'),
  proc('sched_debug', 'file'),
  proc('scsi', 'directory'),
  proc('timer_list', 'file'),
  proc('timer_stats', 'file'),
  sys('devices/virtual/powercap'),
  sys('firmware'),
];

/** Settings of the whole host: not namespaced, or only partly so. */
export const readonlyPaths: readonly PseudoPath[] = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'].map(
  (path) => ({
    on: 'proc',
    path,
  }),
);
