/** A profile from outside: nothing of it is taken on trust, and nothing that would loosen it is passed over. */
import { release } from 'node:os';
import { type CapabilityName, capabilityNames, TcError } from '@tc/linux';
import type {
  SeccompAction,
  SeccompCondition,
  SeccompFlag,
  SeccompOperator,
  SeccompProfile,
  SeccompRule,
  SeccompScope,
} from './profile.ts';
import { syscalls } from './syscall-names.ts';

const actions: readonly SeccompAction[] = [
  'SCMP_ACT_ALLOW',
  'SCMP_ACT_ERRNO',
  'SCMP_ACT_KILL',
  'SCMP_ACT_KILL_PROCESS',
  'SCMP_ACT_KILL_THREAD',
  'SCMP_ACT_LOG',
  'SCMP_ACT_TRACE',
  'SCMP_ACT_TRAP',
  'SCMP_ACT_NOTIFY',
];
/** A rule with one of these takes nothing away. */
const permitting: readonly SeccompAction[] = ['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG'];
const operators: readonly SeccompOperator[] = [
  'SCMP_CMP_NE',
  'SCMP_CMP_LT',
  'SCMP_CMP_LE',
  'SCMP_CMP_EQ',
  'SCMP_CMP_GE',
  'SCMP_CMP_GT',
  'SCMP_CMP_MASKED_EQ',
];
const flags: readonly SeccompFlag[] = ['SECCOMP_FILTER_FLAG_LOG', 'SECCOMP_FILTER_FLAG_SPEC_ALLOW'];
const maxErrno = 4095; // MAX_ERRNO: include/linux/err.h
const maxRules = 10_000;
const maxPathBytes = 107; // sun_path: unix(7)

type Json = Readonly<Record<string, unknown>>;

/**
 * An OCI `linux.seccomp` object, or a profile as Docker has them. Foreign architectures in it are passed over: their
 * ABIs are refused in any case. Rules for newer kernels than `kernel` (`6.18`) are left out.
 * @throws TcError INVALID_SECCOMP
 */
export function readSeccompProfile(value: unknown, kernel = release()): SeccompProfile {
  const profile = object(value, 'the profile');
  const rules = list(profile['syscalls'] ?? [], 'syscalls');
  if (rules.length > maxRules) refuse('syscalls', `has more than ${maxRules} rules`);
  const defaultAction = oneOf(actions, profile['defaultAction'], 'defaultAction');
  return checkListener({
    defaultAction,
    ...optional('listenerPath', profile, text),
    ...optional('listenerMetadata', profile, text),
    ...optional('defaultErrnoRet', profile, readErrno),
    ...optional('flags', profile, (each, at) => list(each, at).map((flag) => oneOf(flags, flag, at))),
    syscalls: rules
      .map((each, index) => readRule(each, `syscalls[${index}]`, permitting.includes(defaultAction)))
      .filter(({ includes, excludes }) => isMet(includes, kernel, true) && !isMet(excludes, kernel, false)),
  });
}

/** Calls that the start itself makes once the filter is on: nobody could answer them yet. */
const ownCalls = ['sendmsg', 'close', 'write'];

function checkListener(profile: SeccompProfile): SeccompProfile {
  const { defaultAction, listenerPath: path, listenerMetadata, syscalls: rules = [] } = profile;
  if (defaultAction === 'SCMP_ACT_NOTIFY')
    refuse('defaultAction', 'would ask about the calls of the start itself');
  const asking = rules.filter(({ action }) => action === 'SCMP_ACT_NOTIFY');
  const own = asking.flatMap(({ names }) => names).find((name) => ownCalls.includes(name));
  if (own !== undefined) refuse('syscalls', `asks about ${own}, which the start itself needs`);
  if (path === undefined && listenerMetadata !== undefined)
    refuse('listenerMetadata', 'is for a listenerPath');
  if ((path !== undefined) !== asking.length > 0)
    refuse('listenerPath', 'and rules with SCMP_ACT_NOTIFY go together');
  if (
    path !== undefined &&
    (!path.startsWith('/') || path.includes('\0') || Buffer.byteLength(path) > maxPathBytes)
  )
    refuse('listenerPath', `is not an absolute path of at most ${maxPathBytes} bytes`);
  return profile;
}

/** @param loose whether a call is permitted that no rule speaks of, as one with an unknown name */
function readRule(value: unknown, at: string, loose: boolean): SeccompRule {
  const rule = object(value, at);
  const action = oneOf(actions, rule['action'], `${at}.action`);
  const names = list(rule['names'], `${at}.names`).map((name) => text(name, `${at}.names`));
  for (const name of names) {
    const known = syscalls.x64.has(name) || syscalls.arm64.has(name);
    if (!known && loose && !permitting.includes(action))
      refuse(`${at}.names`, `has ${JSON.stringify(name)}, which is no system call that this version knows`);
  }
  return {
    names,
    action,
    ...optional('errnoRet', rule, readErrno, at),
    ...optional(
      'args',
      rule,
      (args, where) => list(args, where).map((each, index) => readCondition(each, `${where}[${index}]`)),
      at,
    ),
    ...optional('includes', rule, readScope, at),
    ...optional('excludes', rule, readScope, at),
  };
}

function readCondition(value: unknown, at: string): SeccompCondition {
  const condition = object(value, at);
  const index = condition['index'];
  if (!Number.isInteger(index) || Number(index) < 0 || Number(index) > 5)
    refuse(`${at}.index`, 'is not a number from 0 to 5');
  return {
    index: Number(index),
    op: oneOf(operators, condition['op'], `${at}.op`),
    value: word(condition['value'], `${at}.value`),
    ...optional('valueTwo', condition, word, at),
  };
}

function readScope(value: unknown, at: string): SeccompScope {
  const scope = object(value, at);
  const texts = (each: unknown, where: string) => list(each, where).map((item) => text(item, where));
  return {
    ...optional(
      'caps',
      scope,
      (each, where) => texts(each, where).map((name) => oneOf<CapabilityName>(capabilityNames, name, where)),
      at,
    ),
    ...optional('arches', scope, texts, at),
    ...optional('minKernel', scope, text, at),
  };
}

/** What has no minimum is met where that is asked for, and excludes nothing. */
function isMet(scope: SeccompScope | undefined, kernel: string, absent: boolean): boolean {
  if (scope?.minKernel === undefined) return absent;
  const numbers = (version: string) => version.split(/[.-]/, 2).map(Number);
  const [major = 0, minor = 0] = numbers(kernel);
  const [minMajor = 0, minMinor = 0] = numbers(scope.minKernel);
  return major > minMajor || (major === minMajor && minor >= minMinor);
}

function optional<K extends string, T>(
  key: K,
  from: Json,
  read: (value: unknown, at: string) => T,
  at?: string,
): { [P in K]?: T } {
  const value = from[key];
  if (value === undefined || value === null) return {};
  return { [key]: read(value, at === undefined ? key : `${at}.${key}`) } as { [P in K]?: T };
}

function object(value: unknown, at: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  return refuse(at, 'is not an object');
}

function list(value: unknown, at: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(at, 'is not a list');
}

function text(value: unknown, at: string): string {
  return typeof value === 'string' ? value : refuse(at, 'is not a text');
}

/** Beyond 2^53 a JSON number has lost some bits. */
function word(value: unknown, at: string): number {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value);
  return refuse(at, 'is not a whole number from 0 to 2^53 - 1');
}

function readErrno(value: unknown, at: string): number {
  if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= maxErrno) return Number(value);
  return refuse(at, `is not a number from 0 to ${maxErrno}`);
}

function oneOf<T extends string>(known: readonly T[], value: unknown, at: string): T {
  const found = known.find((each) => each === value);
  return found ?? refuse(at, `is not one of ${known.join(', ')}`);
}

function refuse(at: string, problem: string): never {
  throw new TcError(`${at} ${problem}`, {
    code: 'INVALID_SECCOMP',
    operation: 'read the seccomp profile',
    hint: 'It is the linux.seccomp object of the OCI runtime specification, or a profile of Docker.',
  });
}
