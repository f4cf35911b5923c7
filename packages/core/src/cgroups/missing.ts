import { join } from 'node:path';
import { parseProcCgroups } from '@tc/linux';
import type { CgroupFacts } from './facts.ts';

export interface Missing {
  readonly problem: string;
  readonly hint: string;
}

function procCgroup(name: string, facts: CgroupFacts) {
  return parseProcCgroups(
    facts.read('/proc/cgroups') ?? '#subsys_name\thierarchy\tnum_cgroups\tenabled',
  ).find((row) => row.name === name);
}

function switchedOff(name: string): Missing {
  const raspberry = name === 'memory' ? ' On a Raspberry Pi add cgroup_enable=memory.' : '';
  return {
    problem: `the ${name} controller is switched off`,
    hint: `Remove cgroup_disable=${name} from the kernel’s command line and boot again.${raspberry}`,
  };
}

/** Why there is no v1 hierarchy with a controller. */
export function whyNotInV1(name: string, facts: CgroupFacts): Missing {
  const row = procCgroup(name, facts);
  if (row?.enabled === false) return switchedOff(name);
  if (row !== undefined) {
    const hint = `Mount it: mkdir /sys/fs/cgroup/${name} && mount -t cgroup -o ${name} cgroup /sys/fs/cgroup/${name}`;
    return { problem: `the ${name} controller is not mounted`, hint };
  }
  return { problem: `the kernel has no ${name} controller`, hint: 'Use a kernel that is built with it.' };
}

/** Why cgroup2 lacks a controller. `v1Name` is what /proc/cgroups calls it. */
export function whyNotInV2(name: string, v1Name: string, mountPoint: string, facts: CgroupFacts): Missing {
  const row = procCgroup(v1Name, facts);
  if (row?.enabled === false) return switchedOff(v1Name);
  if (row !== undefined && row.hierarchy !== 0) {
    const hint = 'Boot with cgroup_no_v1=all, or unmount that hierarchy.';
    return { problem: `the ${name} controller is taken by a cgroup v1 hierarchy`, hint };
  }
  // The real root has no cgroup.type (cgroup-v2.rst, "Core Interface Files"): this is a namespace's root.
  if (facts.exists(join(mountPoint, 'cgroup.type'))) {
    const problem = `the ${name} controller was not passed on to this container or cgroup namespace`;
    const hint = `Enable it above: echo +${name} into cgroup.subtree_control (systemd: Delegate=yes).`;
    return { problem, hint };
  }
  return { problem: `the kernel has no ${name} controller`, hint: 'Use a kernel that is built with it.' };
}
