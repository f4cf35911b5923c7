// Takes out of captured files what tells whose machine they came from.
import { parseMountinfo } from '../packages/linux/src/kernel-files/mountinfo.ts';

const STANDARD_MOUNT_POINT = /^\/((proc|sys|dev)(\/[a-z0-9_.,-]+)*|run|tmp)?$/;
const STANDARD_OPTION = /^([a-z0-9_]+|name=systemd|(size|nr_inodes|mode|ptmxmode)=\w+)$/;
// Filesystems that the kernel makes up: their options describe no machine in particular.
const KERNEL_FILESYSTEMS = new Set('proc sysfs devtmpfs tmpfs devpts mqueue cgroup cgroup2'.split(' '));

/**
 * Mounts outside /proc, /sys and /dev become /mnt/extra-N, bind mounts of a subdirectory
 * `/subdirectory`, sources and options of disks plain ones. The lines, their order and the device
 * numbers stay.
 */
export function scrubMountinfo(text: string): string {
  let extra = 0;
  const lines = text.trimEnd().split('\n');
  return parseMountinfo(text)
    .map((mount, index) => {
      const fields = (lines[index] ?? '').split(' ');
      const separator = fields.indexOf('-', 6);
      const isKernels = KERNEL_FILESYSTEMS.has(mount.fsType);
      if (mount.root !== '/') fields[3] = '/subdirectory';
      if (!STANDARD_MOUNT_POINT.test(mount.mountPoint)) {
        extra++;
        fields[4] = `/mnt/extra-${extra}`;
        fields[separator + 2] = 'extra';
      }
      if (!isKernels) fields[separator + 2] = 'disk';
      const options = mount.superOptions.filter((option) =>
        isKernels ? STANDARD_OPTION.test(option) : ['rw', 'ro'].includes(option),
      );
      fields[separator + 3] = options.join(',');
      return `${fields.join(' ')}\n`;
    })
    .join('');
}

/** Cgroup paths keep their depth only: `4:memory:/a/b` becomes `4:memory:/group-1/group-2`. */
export function scrubProcPidCgroup(text: string): string {
  return text.replace(/^(\d+:[^:]*:)(\/.*)$/gm, (_, place: string, path: string) => {
    const depth = path.split('/').filter((name) => name !== '').length;
    return `${place}/${Array.from({ length: depth }, (_, index) => `group-${index + 1}`).join('/')}`;
  });
}
