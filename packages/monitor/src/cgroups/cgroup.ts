/** Who runs a cgroup, told by its path. */
export type CgroupKind =
  | 'tctl'
  | 'docker'
  | 'podman'
  | 'containerd'
  | 'crio'
  | 'kubernetes'
  | 'lxc'
  | 'systemd'
  | 'other';

/** One cgroup of the host, in all hierarchies that have it. */
export interface Cgroup {
  /** Its path as /proc/PID/cgroup has it, which is its name everywhere in this library: `/tctl-0123456789ab`. */
  readonly path: string;
  readonly kind: CgroupKind;
  /** The runtime's id of the container, or the unit's name; undefined for `other`. */
  readonly id: string | undefined;
  /** For people: the container's name where that is known, else a short id, else the last part of the path. */
  readonly name: string;
  /** Of its directories, by hierarchy: `v2`, or a v1 controller's name. */
  readonly directories: Readonly<Record<string, string>>;
}
