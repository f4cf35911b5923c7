import { type CapabilityName, capabilityNames } from '@tc/linux';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSeccomp } from '../../../src/security/seccomp/compile.ts';
import type {
  SeccompAction,
  SeccompCondition,
  SeccompOperator,
  SeccompProfile,
} from '../../../src/security/seccomp/profile.ts';
import { syscalls } from '../../../src/security/seccomp/syscall-names.ts';
import { simulate, verify } from './bpf-simulator.ts';

const arch = 0xc000003e;
const actions: Readonly<Record<SeccompAction, number>> = {
  SCMP_ACT_KILL: 0,
  SCMP_ACT_KILL_THREAD: 0,
  SCMP_ACT_KILL_PROCESS: 0x80000000,
  SCMP_ACT_TRAP: 0x30000,
  SCMP_ACT_ERRNO: 0x50000,
  SCMP_ACT_NOTIFY: 0x7fc00000,
  SCMP_ACT_TRACE: 0x7ff00000,
  SCMP_ACT_LOG: 0x7ffc0000,
  SCMP_ACT_ALLOW: 0x7fff0000,
};
const compile = (profile: SeccompProfile) => compileSeccomp(profile, { arch: 'x64', capabilities: [] });

/** What the profile says, read as a person would. */
function expected(profile: SeccompProfile, name: string, args: readonly bigint[]): number {
  const value = (action: SeccompAction, errno = 1) =>
    action === 'SCMP_ACT_ERRNO' || action === 'SCMP_ACT_TRACE' ? actions[action] + errno : actions[action];
  const rule = (profile.syscalls ?? []).find(
    (each) => each.names.includes(name) && hold(each.args ?? [], args),
  );
  return rule === undefined
    ? value(profile.defaultAction, profile.defaultErrnoRet)
    : value(rule.action, rule.errnoRet);
}

/** As runc: all of them, or one where two look at the same argument. */
function hold(conditions: readonly SeccompCondition[], args: readonly bigint[]): boolean {
  const each = conditions.map((condition) => holds(condition, args));
  const indices = conditions.map(({ index }) => index);
  return new Set(indices).size === indices.length ? !each.includes(false) : each.includes(true);
}

function holds({ index, op, value, valueTwo = 0 }: SeccompCondition, args: readonly bigint[]): boolean {
  const [arg, wanted] = [args[index] ?? 0n, BigInt(value)];
  return {
    SCMP_CMP_EQ: arg === wanted,
    SCMP_CMP_NE: arg !== wanted,
    SCMP_CMP_LT: arg < wanted,
    SCMP_CMP_LE: arg <= wanted,
    SCMP_CMP_GT: arg > wanted,
    SCMP_CMP_GE: arg >= wanted,
    SCMP_CMP_MASKED_EQ: (arg & wanted) === BigInt(valueTwo),
  }[op];
}

// Few values, close to each other and on both sides of 32 bits, so that comparisons are tried at their edges.
const edges = [0, 1, 2, 5, 0x7fffffff, 0xffffffff, 0x100000000, 0x100000001, 0x1ffffffff, 2 ** 53 - 1];
const value = fc.constantFrom(...edges);
const argument = fc.oneof(value.map(BigInt), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }));
const operators: readonly SeccompOperator[] = [
  'SCMP_CMP_NE',
  'SCMP_CMP_LT',
  'SCMP_CMP_LE',
  'SCMP_CMP_EQ',
  'SCMP_CMP_GE',
  'SCMP_CMP_GT',
  'SCMP_CMP_MASKED_EQ',
];
const condition: fc.Arbitrary<SeccompCondition> = fc.record({
  index: fc.nat(5),
  op: fc.constantFrom(...operators),
  value,
  valueTwo: value,
});
const action = fc.constantFrom(...(Object.keys(actions) as SeccompAction[]));
const names = [...syscalls.x64.keys()];
const profile: fc.Arbitrary<SeccompProfile> = fc.record({
  defaultAction: action,
  defaultErrnoRet: fc.nat(4095),
  syscalls: fc.array(
    fc.record({
      names: fc.array(fc.constantFrom(...names.slice(0, 30)), { minLength: 1, maxLength: 4 }),
      action,
      errnoRet: fc.nat(4095),
      args: fc.array(condition, { maxLength: 3 }),
    }),
    { maxLength: 12 },
  ),
});

describe('a filter', () => {
  it('does what the first rule that applies says, else the default', () => {
    fc.assert(
      fc.property(
        profile,
        fc.constantFrom(...names.slice(0, 32)),
        fc.array(argument, { minLength: 6, maxLength: 6 }),
        (rules, name, args) => {
          const filter = compile(rules);
          verify(filter);
          const nr = syscalls.x64.get(name) ?? 0;
          expect(simulate(filter, { nr, arch, args })).toBe(expected(rules, name, args));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('finds its way where jumps are longer than a byte can say', () => {
    const conditions = Array.from({ length: 6 }, (_, index) => ({
      index,
      op: 'SCMP_CMP_GT' as const,
      value: 7,
    }));
    const long: SeccompProfile = {
      defaultAction: 'SCMP_ACT_ERRNO',
      syscalls: names.slice(0, 60).map((name, index) => ({
        names: [name],
        action: 'SCMP_ACT_ERRNO' as const,
        errnoRet: index + 2,
        args: conditions,
      })),
    };
    const filter = compile(long);
    verify(filter);
    for (const [index, name] of names.slice(0, 60).entries()) {
      const nr = syscalls.x64.get(name) ?? 0;
      expect(simulate(filter, { nr, arch, args: Array(6).fill(8n) })).toBe(0x50000 + index + 2);
      expect(simulate(filter, { nr, arch, args: [8n, 8n, 7n, 8n, 8n, 8n] })).toBe(0x50001);
    }
  });

  it('has a rule that needs capabilities where all are there, and not one that any of them excludes', () => {
    const caps = ['CAP_SYS_ADMIN', 'CAP_BPF'] as const;
    const rules: SeccompProfile = {
      defaultAction: 'SCMP_ACT_ERRNO',
      syscalls: [
        { names: ['bpf'], action: 'SCMP_ACT_ALLOW', includes: { caps } },
        { names: ['mount'], action: 'SCMP_ACT_ALLOW', excludes: { caps } },
        { names: ['read'], action: 'SCMP_ACT_ALLOW', includes: { caps: [], arches: [] } },
      ],
    };
    const allowed = (...own: CapabilityName[]) => {
      const capabilities = own.map((name) => capabilityNames.indexOf(name));
      const filter = compileSeccomp(rules, { arch: 'x64', capabilities });
      return ['bpf', 'mount', 'read'].filter((name) => {
        const nr = syscalls.x64.get(name) ?? 0;
        return simulate(filter, { nr, arch }) === actions.SCMP_ACT_ALLOW;
      });
    };
    expect(allowed()).toEqual(['mount', 'read']);
    expect(allowed('CAP_BPF')).toEqual(['read']);
    expect(allowed('CAP_BPF', 'CAP_SYS_ADMIN')).toEqual(['bpf', 'read']);
  });

  it('takes one of the conditions on an argument for enough, however many there are', () => {
    const args = Array.from({ length: 70 }, (_, value) => ({ index: 0, op: 'SCMP_CMP_EQ' as const, value }));
    const filter = compile({
      defaultAction: 'SCMP_ACT_ALLOW',
      syscalls: [{ names: ['socket'], action: 'SCMP_ACT_ERRNO', args }],
    });
    verify(filter);
    const family = (value: bigint) =>
      simulate(filter, { nr: syscalls.x64.get('socket') ?? 0, arch, args: [value] });
    expect([family(1n), family(69n), family(70n)]).toEqual([0x50001, 0x50001, actions.SCMP_ACT_ALLOW]);
  });

  it('that the kernel would refuse for its size is refused', () => {
    const conditions = Array.from({ length: 6 }, (_, index) => ({
      index,
      op: 'SCMP_CMP_GT' as const,
      value: 7,
    }));
    const syscallRules = names.slice(0, 300).map((name) => ({
      names: [name],
      action: 'SCMP_ACT_ALLOW' as const,
      args: conditions,
    }));
    expect(() => compile({ defaultAction: 'SCMP_ACT_ERRNO', syscalls: syscallRules })).toThrow(
      expect.objectContaining({ code: 'SECCOMP_TOO_LARGE' }),
    );
  });
});
