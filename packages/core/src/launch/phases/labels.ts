/** What the next execve(2) becomes for AppArmor and SELinux: apparmor(7), selinux(8). */
import { fsMagic, openFlags } from '@tc/linux';
import { address, at, buffer, cell, flags, load, number, string } from '../data.ts';
import type { Label } from '../program.ts';
import type { CommandContext } from './context.ts';
import { cwd } from './mount-calls.ts';

const EPERM = 1;
const why =
  'before anything of the container is there that could be in the way (CVE-2019-16884, CVE-2025-52881)';

/**
 * Through the host's /proc, while no mount and no namespace of the container's is joined: nothing inside has a say in
 * where the write goes, and that it goes to a procfs is checked besides. It is kept for the next execve(2), also by a
 * child that does that one: AppArmor's aa_dup_task_ctx(), SELinux's exec_sid of the credentials.
 */
export function labelCommand(c: CommandContext): void {
  const { apparmorProfile, selinuxLabel } = c.spec.process;
  const { p } = c;
  p.group('privileges');
  if (apparmorProfile !== undefined) {
    const done = p.label();
    const text = `exec ${apparmorProfile}`;
    const what = `set the AppArmor profile ${apparmorProfile}`;
    // Since Linux 5.8 each security module has files of its own; before, there was room for one.
    write(c, { file: 'apparmor/exec', text, what, ifThere: done });
    write(c, { file: 'exec', text, what });
    p.place(done);
  }
  if (selinuxLabel !== undefined) {
    write(c, { file: 'exec', text: selinuxLabel, what: `set the SELinux label ${selinuxLabel}` });
  }
}

interface Write {
  readonly file: string;
  readonly text: string;
  readonly what: string;
  /** Where to go on afterwards; without the file it goes on after this write. */
  readonly ifThere?: Label;
}

function write({ p }: CommandContext, { file, text, what, ifThere }: Write): void {
  const path = `/proc/thread-self/attr/${file}`;
  const [fd, absent, isProc] = [cell('attr_fd'), p.label(), p.label()];
  p.call('openat', [cwd, string(path), flags(openFlags, 'O_WRONLY', 'O_CLOEXEC')], {
    what: `open ${path}`,
    why,
    result: fd,
    tolerate: ifThere === undefined ? [] : ['ENOENT'],
    diagnose: { ENOENT: { code: 'LABEL_UNSUPPORTED', hint: 'This kernel has no such security module.' } },
  });
  if (ifThere !== undefined) p.jumpIf(load(fd), 'lt', 0, absent);
  const statfs = buffer(120, '{f_type}');
  const check = p.call('fstatfs', [load(fd), address(statfs)], {
    what: 'check that it is in a procfs',
    diagnose: { EPERM: { code: 'LABEL_REFUSED', hint: 'Something else is mounted on /proc.' } },
  });
  p.jumpIf(load(at(statfs)), 'eq', flags(fsMagic, 'PROC_SUPER_MAGIC'), isProc);
  p.fail(number(EPERM), check);
  p.place(isProc);
  p.call('write', [load(fd), string(text), Buffer.byteLength(text)], {
    what,
    diagnose: {
      ENOENT: { code: 'LABEL_REFUSED', hint: 'No such profile is loaded: see aa-status.' },
      other: { code: 'LABEL_REFUSED', hint: 'It does not exist, or this process may not change to it.' },
    },
  });
  p.call('close', [load(fd)], { what: `close ${path}` });
  if (ifThere !== undefined) p.jump(ifThere);
  p.place(absent);
}
