/** What cgroup v2 has for devices: a BPF program on the container's directory, bpf(2). */
import { miscConstants } from '@tc/linux';
import type { CgroupPlan } from '../../cgroups/plan.ts';
import { compileDeviceRules } from '../../security/devices/compile-bpf.ts';
import { address, at, buffer, bytes, cell, flags, load, number, string, words } from '../data.ts';
import type { Diagnosis } from '../program.ts';
import type { Context } from './context.ts';

const unsupported: Diagnosis = {
  code: 'DEVICES_UNSUPPORTED',
  hint: 'The kernel must be built with CONFIG_CGROUP_BPF, and it takes root: leave out devices and CAP_MKNOD.',
};
const why = 'what is made with mknod(2) must not be the host’s disk';

/** In the supervisor, while nobody is in the cgroup. It goes with the cgroup, and holds for those below it. */
export function restrictDevices(
  { p, cgroupFd }: Pick<Context, 'p' | 'cgroupFd'>,
  { deviceRules }: CgroupPlan,
): void {
  if (deviceRules === undefined) return;
  const code = compileDeviceRules(deviceRules);
  const fd = cell('bpf_fd');
  // union bpf_attr: {prog_type, insn_cnt}, insns, license
  const count = code.length / 8;
  const type = flags(miscConstants, 'BPF_PROG_TYPE_CGROUP_DEVICE');
  const program = words(
    [number(count * 2 ** 32), address(bytes(code, `[/* ${count} instructions */]`)), string('MIT')],
    `{prog_type=BPF_PROG_TYPE_CGROUP_DEVICE, insn_cnt=${count}, insns=[...], license="MIT"}`,
  );
  p.compute(at(program), load(at(program)), 'add', type);
  p.call('bpf', [flags(miscConstants, 'BPF_PROG_LOAD'), address(program), program.size], {
    what: 'load the device rules',
    why,
    result: fd,
    diagnose: { EPERM: unsupported, EINVAL: unsupported, ENOSYS: unsupported },
  });
  // {target_fd, attach_bpf_fd, attach_type, attach_flags}: 4 bytes each, so each write clears the next.
  const attach = buffer(16, '{target_fd=cgroup_fd, attach_bpf_fd=bpf_fd, attach_type=BPF_CGROUP_DEVICE}');
  p.set(at(attach), load(cgroupFd));
  p.set(at(attach, 4), load(fd));
  p.set(at(attach, 8), flags(miscConstants, 'BPF_CGROUP_DEVICE'));
  p.call('bpf', [flags(miscConstants, 'BPF_PROG_ATTACH'), address(attach), attach.size], {
    what: 'apply them to the cgroup',
    diagnose: { EPERM: unsupported, EINVAL: unsupported },
  });
  p.call('close', [load(fd)], { what: 'close them' });
}
