import type { OciProcess } from '@tc/core/oci';
import { readOciProcess } from '@tc/core/oci';
import { type Arguments, usage } from './arguments.ts';

const sets = ['bounding', 'effective', 'permitted'] as const;

/** The container's own process with another command, and what the flags say. @throws TcError USAGE, INVALID_BUNDLE */
export function withFlags(own: OciProcess, command: readonly string[], args: Arguments): OciProcess {
  if (command.length === 0) throw usage('exec needs a command, or --process');
  const caps = args.list('cap').map((name) => (name.startsWith('CAP_') ? name : `CAP_${name}`));
  const capabilities = Object.fromEntries(
    Object.entries(own.capabilities).map(([name, names]) => [
      name,
      sets.includes(name as never) ? [...new Set([...names, ...caps])] : names,
    ]),
  );
  const [uid = own.user.uid, gid = args.value('user') === undefined ? own.user.gid : 0] =
    args.value('user')?.split(':').map(Number) ?? [];
  const json = {
    terminal: args.has('tty'),
    user: {
      ...own.user,
      uid,
      gid,
      additionalGids: [...own.user.additionalGids, ...args.list('additional-gids').map(Number)],
    },
    args: command,
    env: [...own.env, ...args.list('env')],
    cwd: args.value('cwd') ?? own.cwd,
    capabilities,
    rlimits: own.rlimits,
    noNewPrivileges: own.noNewPrivileges || args.has('no-new-privs'),
    oomScoreAdj: own.oomScoreAdj,
    apparmorProfile: args.value('apparmor') || own.apparmorProfile,
    selinuxLabel: args.value('process-label') || own.selinuxLabel,
  };
  const { scheduler, ioPriority, execCPUAffinity } = own;
  return { ...readOciProcess(json, 'process'), scheduler, ioPriority, execCPUAffinity };
}
