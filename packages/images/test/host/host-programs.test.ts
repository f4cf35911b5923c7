import { beforeAll, describe, expect } from 'vitest';
import { type HostRootfs, hostRootfs } from '../../src/host/host-rootfs.ts';
import { itAsRoot, runInRootfs } from '../support/chroot.ts';
import { useScratch } from '../support/scratch.ts';

const scratch = useScratch();

describe('in a chroot of the image', () => {
  let image: HostRootfs;
  beforeAll(async () => {
    image = await hostRootfs({ dataDir: scratch() });
  }, 30_000);
  const has = (...names: string[]) => names.every((name) => image.tools.includes(name));

  itAsRoot('a shell sees a system of its own', () => {
    const { status, stdout, stderr } = runInRootfs(
      image.path,
      `ls / && id && awk 'BEGIN { print 6 * 7 }' && grep root /etc/passwd && hostname &&
       echo abc | sed s/b/x/ && nproc && . /etc/profile && echo "$PATH"`,
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('uid=0(root) gid=0(root)');
    expect(stdout).toContain('\n42\n');
    expect(stdout).toContain('\naxc\n');
  });

  itAsRoot('ps, top and ip show processes and links', () => {
    if (!has('ps', 'top', 'ip')) return;
    const { status, stdout, stderr } = runInRootfs(image.path, 'ps -ef && ip link && top -b -n1 && free -m');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/root +1 .*sh/);
    expect(stdout).toContain('LOOPBACK');
    expect(stdout).toContain('load average');
  });

  itAsRoot('terminals are known', () => {
    if (!has('tput')) return;
    expect(runInRootfs(image.path, 'tput colors && tput -T screen-256color cols').stdout).toMatch(/^256\n/);
  });

  itAsRoot('every tool finds its loader, its libraries and its interpreter', () => {
    // Whatever they make of --version: 126 and 127 would say that the shell could not start them.
    const { status, stdout } = runInRootfs(
      image.path,
      `for tool in ${image.tools.map((name) => `'${name}'`).join(' ')}; do
         case $tool in pivot_root|switch_root|busybox) continue;; esac # busybox takes --version for an applet
         timeout -k 1 5 "$tool" --version </dev/null >/tmp/out 2>&1
         echo "$tool $?"
         grep -E 'shared librar|not found|No such file|cannot open|symbol lookup' /tmp/out
       done; rm /tmp/out; true`,
    );
    expect(status).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines.filter((line) => !/^\S+ \d+$/.test(line))).toEqual([]);
    expect(lines.filter((line) => / (124|126|127|13[0-9])$/.test(line))).toEqual([]);
    expect(lines.length).toBeGreaterThan(50);
  });
});
