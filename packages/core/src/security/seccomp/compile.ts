/**
 * Compiles a profile to a BPF filter. It looks at the architecture first, then searches the number of the call in a
 * binary tree of ranges, whose leaves are an action, or the rules that look at the arguments.
 */
import { type CapabilityName, TcError } from '@tc/linux';
import type { Architecture } from '../../launch/interpreter/bytes.ts';
import { capabilityNumber } from '../defaults.ts';
import { branch, codes, encode, type Instruction, load, maxInstructions, offsets, ret } from './bpf.ts';
import { rule } from './conditions.ts';
import type { SeccompAction, SeccompCondition, SeccompProfile, SeccompRule } from './profile.ts';
import { lastSyscall, syscalls } from './syscall-names.ts';

/** AUDIT_ARCH_*: include/uapi/linux/audit.h. */
const audit: Readonly<Record<Architecture, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };
/** The names that Docker's profiles have for them. */
const arches: Readonly<Record<Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/** SECCOMP_RET_*: include/uapi/linux/seccomp.h. */
const actions: Readonly<Record<SeccompAction, number>> = {
  SCMP_ACT_KILL: 0x00000000,
  SCMP_ACT_KILL_THREAD: 0x00000000,
  SCMP_ACT_KILL_PROCESS: 0x80000000,
  SCMP_ACT_TRAP: 0x00030000,
  SCMP_ACT_ERRNO: 0x00050000,
  SCMP_ACT_NOTIFY: 0x7fc00000,
  SCMP_ACT_TRACE: 0x7ff00000,
  SCMP_ACT_LOG: 0x7ffc0000,
  SCMP_ACT_ALLOW: 0x7fff0000,
};
/** Calls of the x32 ABI have this bit in their number: __X32_SYSCALL_BIT. */
const x32 = 0x40000000;
const EPERM = 1;
const ENOSYS = 38;

export interface SeccompTarget {
  readonly arch: Architecture;
  /** The numbers of those that the container has: rules may depend on them. */
  readonly capabilities: readonly number[];
}

/** What is done with a call: the same for all its arguments, or by rules and at last by the default. */
interface Decision {
  readonly rules: readonly { readonly args: readonly SeccompCondition[]; readonly action: number }[];
  readonly otherwise: number;
}

/** Calls from `first` up to the next range. */
interface Range {
  readonly first: number;
  readonly code: readonly Instruction[];
}

/** struct sock_filter[], for seccomp(2). Pure. @throws TcError SECCOMP_TOO_LARGE */
export function compileSeccomp(profile: SeccompProfile, target: SeccompTarget): Buffer {
  const filter = [
    load(offsets.arch),
    // A process of another ABI (32-bit x86) would have other numbers for the same calls: end it.
    { code: codes.jumpEqual, jt: 1, jf: 0, k: audit[target.arch] },
    ret(actions.SCMP_ACT_KILL_PROCESS),
    load(offsets.nr),
    ...search(rangesOf(profile, target)),
  ];
  if (filter.length <= maxInstructions) return encode(filter);
  throw new TcError(`it takes ${filter.length} instructions, and the kernel takes ${maxInstructions}`, {
    code: 'SECCOMP_TOO_LARGE',
    operation: 'compile the seccomp profile',
    hint: 'Compare fewer arguments.',
  });
}

function search(ranges: readonly Range[]): readonly Instruction[] {
  const middle = ranges.length >> 1;
  const pivot = ranges[middle];
  if (pivot === undefined || middle === 0) return ranges[0]?.code ?? [];
  const [above, below] = [search(ranges.slice(middle)), search(ranges.slice(0, middle))];
  return branch(codes.jumpGreaterOrEqual, pivot.first, above, below);
}

/** Neighbours that are treated alike are one range. */
function rangesOf(profile: SeccompProfile, target: SeccompTarget): Range[] {
  const otherwise = actionValue(profile.defaultAction, profile.defaultErrnoRet);
  const decisions = decisionsOf(profile, target, otherwise);
  const ranges: Range[] = [];
  let last: string | undefined;
  for (let nr = 0; nr <= lastSyscall; nr += 1) {
    const code = decide(decisions.get(nr) ?? { rules: [], otherwise });
    const key = code.length === 1 ? `always ${code[0]?.k}` : `call ${nr}`;
    if (key !== last) ranges.push({ first: nr, code });
    last = key;
  }
  // A program that tries a newer call, and finds it is not there, has another way; EPERM would be an error to it.
  const absent = ret(actions.SCMP_ACT_ERRNO | ENOSYS);
  ranges.push({
    first: lastSyscall + 1,
    code: [profile.defaultAction === 'SCMP_ACT_ERRNO' ? absent : ret(otherwise)],
  });
  ranges.push({ first: x32, code: [absent] }); // whatever a profile allows: it speaks of other numbers
  return ranges;
}

function decide({ rules, otherwise }: Decision): Instruction[] {
  const always = rules.findIndex(({ args }) => args.length === 0);
  const conditional = always === -1 ? rules : rules.slice(0, always);
  return [
    ...conditional.flatMap(({ args, action }) => rule(args, action)),
    ret(rules[always]?.action ?? otherwise),
  ];
}

function decisionsOf(
  profile: SeccompProfile,
  target: SeccompTarget,
  otherwise: number,
): Map<number, Decision> {
  const decisions = new Map<number, Decision>();
  for (const each of profile.syscalls ?? []) {
    if (!isFor(each, target)) continue;
    const action = actionValue(each.action, each.errnoRet);
    const own = alternatives(each.args ?? []).map((args) => ({ args, action }));
    for (const name of each.names) {
      const nr = syscalls[target.arch].get(name);
      if (nr === undefined) continue;
      decisions.set(nr, { rules: [...(decisions.get(nr)?.rules ?? []), ...own], otherwise });
    }
  }
  return decisions;
}

/** As runc has it, whose profiles these are: of conditions two of which look at one argument, each is a rule of its own. */
function alternatives(args: readonly SeccompCondition[]): (readonly SeccompCondition[])[] {
  const looksTwice = new Set(args.map(({ index }) => index)).size < args.length;
  return looksTwice ? args.map((each) => [each]) : [args];
}

/** As Docker has it: an empty list is as good as none, and of capabilities all are wanted, or none. */
function isFor({ includes = {}, excludes = {} }: SeccompRule, target: SeccompTarget): boolean {
  const has = (name: CapabilityName) => target.capabilities.includes(capabilityNumber(name));
  const isArch = (names: readonly string[]) => names.includes(arches[target.arch]);
  const { caps = [], arches: wanted = [] } = includes;
  return (
    caps.every(has) &&
    (wanted.length === 0 || isArch(wanted)) &&
    !excludes.caps?.some(has) &&
    !isArch(excludes.arches ?? [])
  );
}

function actionValue(action: SeccompAction, errno = EPERM): number {
  const data = action === 'SCMP_ACT_ERRNO' || action === 'SCMP_ACT_TRACE' ? errno : 0;
  return (actions[action] | data) >>> 0;
}
