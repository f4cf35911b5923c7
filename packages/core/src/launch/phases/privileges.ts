/** The last steps before the command: everything that it must not keep is given up. */
import { capabilityNames, miscConstants, prctlOptions } from '@tc/linux';
import { address, bytes, cell, flags, load, NULL, number, string, stringArray } from '../data.ts';
import type { CallStep } from '../program.ts';
import { messages } from '../protocol.ts';
import type { Context } from './context.ts';

const ENOENT = 2;
const EACCES = 13;
const SIGKILL = 9;

export function dropPrivileges(c: Context): void {
  const { p, spec } = c;
  const { process } = spec;
  p.group('privileges');
  p.call('keyctl', [flags(miscConstants, 'KEYCTL_JOIN_SESSION_KEYRING'), NULL], {
    what: 'start a session keyring',
    why: 'the caller’s keys would be usable inside: keyrings(7)',
    tolerate: ['ENOSYS'],
  });
  dropBoundingSet(c);
  const groups = process.additionalGids;
  if (spec.namespaces.user?.denySetgroups !== true) {
    p.call('setgroups', [groups.length, groups.length === 0 ? NULL : address(gids(groups))], {
      what: 'set the additional groups',
      why: 'those of the caller are not the container’s',
    });
  }
  const { uid, gid } = process;
  p.call('setresgid', [gid, gid, gid], { what: `become group ${gid}` });
  p.call('setresuid', [uid, uid, uid], { what: `become user ${uid}` });
  p.call(
    'capset',
    [address(capabilityHeader()), address(capabilitySets(uid === 0 ? process.capabilities : []))],
    {
      what: 'set the capabilities',
      why: 'what root inside may do; inheritable stays empty (CVE-2022-27650)',
    },
  );
  const clearAmbient = [
    flags(prctlOptions, 'PR_CAP_AMBIENT'),
    flags(prctlOptions, 'PR_CAP_AMBIENT_CLEAR_ALL'),
  ];
  p.call('prctl', [...clearAmbient, 0, 0, 0], { what: 'clear the ambient capabilities' });
  p.call('prctl', [flags(prctlOptions, 'PR_SET_NO_NEW_PRIVS'), 1, 0, 0, 0], {
    what: 'set no_new_privs',
    why: 'no setuid program inside gives back what was dropped',
  });
  p.call('prctl', [flags(prctlOptions, 'PR_SET_PDEATHSIG'), number(SIGKILL, 'SIGKILL')], {
    what: 'die with the supervisor',
    why: 'after the change of user, which would clear it: a container never runs unsupervised',
  });
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

/** A capability that is not in the bounding set can't come back by executing a file: capabilities(7). */
function dropBoundingSet({ p, spec }: Context): void {
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

/** struct __user_cap_data_struct[2]: effective, permitted, inheritable for capabilities 0-31 and 32-63. */
function capabilitySets(capabilities: readonly number[]) {
  const sets = Buffer.alloc(24);
  for (const half of [0, 1]) {
    const bits = [...new Set(capabilities)]
      .filter((capability) => capability >> 5 === half)
      .reduce((sum, capability) => sum + 2 ** (capability & 31), 0);
    sets.writeUInt32LE(bits, half * 12);
    sets.writeUInt32LE(bits, half * 12 + 4);
  }
  return bytes(sets, `{effective=permitted={${capabilityNameList(capabilities)}}, inheritable={}}`);
}

function gids(groups: readonly number[]) {
  const list = Buffer.alloc(groups.length * 4);
  for (const [index, gid] of groups.entries()) list.writeUInt32LE(gid, index * 4);
  return bytes(list, `[${groups.join(', ')}]`);
}

/** The last two calls, and the search for the command that execvp(3) does. */
export function execute(c: Context): void {
  const { p, spec } = c;
  p.group('start');
  const ready = Buffer.alloc(8);
  ready.writeUInt32LE(messages.ready);
  p.call('write', [load(c.errorWrite), address(bytes(ready, '{ready}')), 8], {
    what: 'tell the supervisor that all is ready',
    why: 'it dies here where the supervisor is gone already',
  });
  p.call('close_range', [3, number(0xffffffff, '~0U'), flags(miscConstants, 'CLOSE_RANGE_CLOEXEC')], {
    what: 'close everything above the standard streams at execve',
    why: 'a descriptor of the host left open is a way out (CVE-2024-21626)',
  });

  const [command = ''] = spec.process.argv;
  const argv = stringArray(
    spec.process.argv,
    `[${spec.process.argv.map((arg) => JSON.stringify(arg)).join(', ')}]`,
  );
  const envp = stringArray(spec.process.env, `[/* ${spec.process.env.length} variables */]`);
  const denied = cell('denied');
  const paths = candidates(command, spec.process.env);
  let first: CallStep | undefined;
  for (const path of paths) {
    const call = p.call('execve', [string(path), argv, envp], {
      what: `execute ${command}`,
      why: first === undefined ? 'the command replaces this program; from here on the container runs' : '',
      // As execvp(3): go on where it is not there, remember where it may not be executed.
      tolerate: paths.length === 1 ? [] : ['ENOENT', 'ENOTDIR', 'EACCES'],
      result: c.result,
      diagnose: {
        ENOENT: {
          code: 'COMMAND_NOT_FOUND',
          hint: 'It is not in the root file system, or the loader it needs is not.',
        },
        ENOTDIR: { code: 'COMMAND_NOT_FOUND', hint: 'Its path leads through a file.' },
        ENOEXEC: { code: 'COMMAND_NOT_EXECUTABLE', hint: 'It is not a program; a script starts with #!.' },
        other: {
          code: 'COMMAND_NOT_EXECUTABLE',
          hint: 'It must be an executable file for this architecture.',
        },
      },
    });
    first ??= call;
    const next = p.label();
    p.jumpIf(load(c.result), 'ne', -EACCES, next);
    p.set(denied, number(EACCES));
    p.place(next);
  }
  if (first === undefined) return;
  const absent = p.label();
  p.jumpIf(load(denied), 'eq', 0, absent);
  p.fail(number(EACCES), first);
  p.place(absent);
  p.fail(number(ENOENT), first);
}

/** The paths that a command without a slash may have: execvp(3). */
function candidates(command: string, env: readonly string[]): string[] {
  if (command.includes('/')) return [command];
  const path =
    env.find((variable) => variable.startsWith('PATH='))?.slice(5) ?? '/usr/local/bin:/usr/bin:/bin';
  return path.split(':').map((directory) => `${directory || '.'}/${command}`);
}
