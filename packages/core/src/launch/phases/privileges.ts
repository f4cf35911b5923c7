/** The last steps before the command: everything that it must not keep is given up. */
import { capabilityNames, miscConstants, prctlOptions } from '@tc/linux';
import { address, bytes, cell, flags, load, NULL, number, string } from '../data.ts';
import { messages } from '../protocol.ts';
import type { CapabilitySets, ProcessSpec } from '../spec.ts';
import type { CommandContext } from './context.ts';
import { executeCommand } from './execute-command.ts';
import { limitProcess, scheduleProcess } from './process-settings.ts';
import { confine } from './seccomp.ts';
import { keepListener } from './seccomp-listener.ts';

const SIGKILL = 9;

export function dropPrivileges(c: CommandContext): void {
  const { p, spec } = c;
  const { process } = spec;
  p.group('privileges');
  leaveHost(c);
  limitProcess(c);
  scheduleProcess(c);
  if (process.newKeyring !== false) {
    p.call('keyctl', [flags(miscConstants, 'KEYCTL_JOIN_SESSION_KEYRING'), NULL], {
      what: 'start a session keyring',
      why: 'the caller’s keys would be usable inside: keyrings(7)',
      tolerate: ['ENOSYS'],
    });
  }
  if (process.noNewPrivileges === false) confine(c);
  p.group('privileges');
  dropBoundingSet(c);
  const sets = process.capabilitySets ?? usualSets(process);
  const groups = process.additionalGids;
  if (spec.namespaces.user?.denySetgroups !== true) {
    p.call('setgroups', [groups.length, groups.length === 0 ? NULL : address(gids(groups))], {
      what: 'set the additional groups',
      why: 'those of the caller are not the container’s',
    });
  }
  const { uid, gid } = process;
  if (uid !== 0 && sets.permitted.length > 0) {
    p.call('prctl', [flags(prctlOptions, 'PR_SET_KEEPCAPS'), 1, 0, 0, 0], {
      what: 'keep the capabilities over the change of user',
      why: 'this user is given some',
    });
  }
  p.call('setresgid', [gid, gid, gid], { what: `become group ${gid}` });
  p.call('setresuid', [uid, uid, uid], { what: `become user ${uid}` });
  p.call('capset', [address(capabilityHeader()), address(capabilitySets(sets))], {
    what: 'set the capabilities',
    why:
      sets.inheritable.length > 0 ? '' : 'what root inside may do; inheritable stays empty (CVE-2022-27650)',
  });
  const clearAmbient = [
    flags(prctlOptions, 'PR_CAP_AMBIENT'),
    flags(prctlOptions, 'PR_CAP_AMBIENT_CLEAR_ALL'),
  ];
  p.call('prctl', [...clearAmbient, 0, 0, 0], { what: 'clear the ambient capabilities' });
  for (const capability of sets.ambient) {
    const raise = [flags(prctlOptions, 'PR_CAP_AMBIENT'), flags(prctlOptions, 'PR_CAP_AMBIENT_RAISE')];
    p.call('prctl', [...raise, capability, 0, 0], {
      what: `make ${capabilityNames[capability] ?? capability} ambient`,
      diagnose: {
        EPERM: { hint: 'What is ambient must be permitted and inheritable, too: capabilities(7).' },
      },
    });
  }
  if (process.noNewPrivileges !== false) {
    p.call('prctl', [flags(prctlOptions, 'PR_SET_NO_NEW_PRIVS'), 1, 0, 0, 0], {
      what: 'set no_new_privs',
      why: 'no setuid program inside gives back what was dropped',
    });
  }
  dieWithSupervisor(c);
  p.call('umask', [number(process.umask, `0${process.umask.toString(8)}`)], { what: 'set the umask' });
  p.call('chdir', [string(process.cwd)], {
    what: `go to the working directory ${process.cwd}`,
    diagnose: {
      ENOENT: { code: 'WORKING_DIRECTORY_NOT_FOUND', hint: 'It does not exist in the root file system.' },
      ENOTDIR: {
        code: 'WORKING_DIRECTORY_NOT_FOUND',
        hint: 'It is not a directory in the root file system.',
      },
    },
  });
}

export function dieWithSupervisor({ p, spec }: CommandContext): void {
  if (spec.process.supervised === false) return;
  p.call('prctl', [flags(prctlOptions, 'PR_SET_PDEATHSIG'), number(SIGKILL, 'SIGKILL')], {
    what: 'die with the supervisor',
    why: 'after the change of user, which would clear it: a container never runs unsupervised',
  });
}

/**
 * Everything above the standard streams but the error pipe, which execve closes. Before any path is looked up that the
 * image has a say in (the working directory, the command, its interpreter): a descriptor of a directory of the host is
 * a way out through /proc/self/fd, close-on-exec or not (CVE-2024-21626).
 */
function leaveHost(c: CommandContext): void {
  const { p, errorWrite, kept = { from: 3, count: 1 } } = c;
  const [below, above] = [cell('below'), cell('above')];
  p.compute(below, load(errorWrite), 'sub', 1);
  p.compute(above, load(errorWrite), 'add', kept.count);
  const more = keepListener(c, above);
  if (more > 0) p.compute(above, load(above), 'add', more);
  p.call('close_range', [kept.from, load(below), 0], {
    what: 'close all descriptors but the standard streams and the error pipe',
    why: 'one of a directory of the host, left open, is a way out (CVE-2024-21626)',
  });
  p.call('close_range', [load(above), number(0xffffffff, '~0U'), 0], { what: 'and those above it' });
}

/** A capability that is not in the bounding set can't come back by executing a file: capabilities(7). */
function dropBoundingSet({ p, spec }: CommandContext): void {
  const keep = [...new Set(spec.process.capabilities)].reduce((sum, capability) => sum + 2 ** capability, 0);
  const capability = cell('capability');
  const bit = cell('bit');
  const [next, done] = [p.label(), p.label()];
  const loop = p.here();
  p.compute(bit, number(keep), 'shr', load(capability));
  p.compute(bit, load(bit), 'and', 1);
  p.jumpIf(load(bit), 'ne', 0, next);
  p.call('prctl', [flags(prctlOptions, 'PR_CAPBSET_DROP'), load(capability), 0, 0, 0], {
    what: `drop all capabilities from the bounding set but ${capabilityNameList(spec.process.capabilities)}`,
    why: 'nothing that is executed inside can ever gain the others',
    tolerate: ['EINVAL'], // the first number that this kernel has no capability for
    result: bit,
  });
  p.jumpIf(load(bit), 'lt', 0, done);
  p.place(next);
  p.compute(capability, load(capability), 'add', 1);
  p.jump(loop);
  p.place(done);
}

function capabilityNameList(capabilities: readonly number[]): string {
  return capabilities.map((capability) => capabilityNames[capability] ?? capability).join(', ') || 'none';
}

function capabilityHeader() {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(0x20080522); // _LINUX_CAPABILITY_VERSION_3: capget(2)
  return bytes(header, '{_LINUX_CAPABILITY_VERSION_3, 0}');
}

/** By the user: a change away from root takes them. */
function usualSets({ uid, capabilities }: ProcessSpec): CapabilitySets {
  const own = uid === 0 ? capabilities : [];
  return { effective: own, permitted: own, inheritable: [], ambient: [] };
}

/** struct __user_cap_data_struct[2]: effective, permitted, inheritable for capabilities 0-31 and 32-63. */
function capabilitySets({ effective, permitted, inheritable }: CapabilitySets) {
  const struct = Buffer.alloc(24);
  for (const [index, capabilities] of [effective, permitted, inheritable].entries()) {
    for (const half of [0, 1]) {
      const bits = [...new Set(capabilities)]
        .filter((capability) => capability >> 5 === half)
        .reduce((sum, capability) => sum + 2 ** (capability & 31), 0);
      struct.writeUInt32LE(bits, half * 12 + index * 4);
    }
  }
  const [same, list] = [effective.join() === permitted.join(), capabilityNameList];
  const first = same ? 'effective=permitted' : `effective={${list(effective)}}, permitted`;
  const last = inheritable.length === 0 ? '' : list(inheritable);
  return bytes(struct, `{${first}={${list(permitted)}}, inheritable={${last}}}`);
}

function gids(groups: readonly number[]) {
  const list = Buffer.alloc(groups.length * 4);
  for (const [index, gid] of groups.entries()) list.writeUInt32LE(gid, index * 4);
  return bytes(list, `[${groups.join(', ')}]`);
}

/** The last two calls. */
export function execute(c: CommandContext): void {
  tellReady(c);
  becomeCommand(c);
}

export function tellReady({ p, errorWrite }: CommandContext): void {
  p.group('start');
  const ready = Buffer.alloc(8);
  ready.writeUInt32LE(messages.ready);
  p.call('write', [load(errorWrite), address(bytes(ready, '{ready}')), 8], {
    what: 'tell the supervisor that all is ready',
    why: 'it dies here where the supervisor is gone already',
  });
}

/** The search for the command that execvp(3) does, and its start. */
export function becomeCommand(c: CommandContext): void {
  const { p, spec } = c;
  p.group('start');
  executeCommand(p, spec.process);
}
