/** The last restriction: from here on only the calls that the profile allows. */
import { seccompConstants } from '@tc/linux';
import { address, bytes, flags, number, words } from '../data.ts';
import type { Diagnosis } from '../program.ts';
import type { CommandContext } from './context.ts';
import { sendListener } from './seccomp-listener.ts';

const instructionSize = 8;
const unsupported: Diagnosis = {
  code: 'SECCOMP_UNSUPPORTED',
  hint: "The kernel was built without seccomp filters: with seccomp 'unconfined' the container runs without.",
};

/**
 * After no_new_privs, without which it takes CAP_SYS_ADMIN, and after all calls that a command may not make itself;
 * before init is cloned, which its children could otherwise trace and use.
 */
export function confine(c: CommandContext): void {
  const { p } = c;
  const { seccomp, seccompListener } = c.spec.process;
  if (seccomp === undefined) return;
  p.group('privileges');
  const length = seccomp.instructions.length / instructionSize;
  const filter = bytes(seccomp.instructions, `[/* ${length} instructions */]`, seccomp.arch);
  const program = words([number(length), address(filter)], `{len=${length}, filter=[...]}`);
  p.call(
    'seccomp',
    [
      flags(seccompConstants, 'SECCOMP_SET_MODE_FILTER'),
      flags(
        seccompConstants,
        ...seccomp.flags,
        ...(seccompListener === undefined ? [] : (['SECCOMP_FILTER_FLAG_NEW_LISTENER'] as const)),
      ),
      address(program),
    ],
    {
      what: 'filter the system calls',
      why: 'what a container needs no call for, it can’t attack the kernel with',
      result: c.result,
      diagnose: { ENOSYS: unsupported, EINVAL: unsupported },
    },
  );
  if (seccompListener !== undefined) sendListener(c, seccompListener, c.result);
}
