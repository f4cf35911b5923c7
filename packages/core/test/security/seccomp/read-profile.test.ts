import { TcError } from '@tc/linux';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSeccomp } from '../../../src/security/seccomp/compile.ts';
import { defaultSeccompProfile } from '../../../src/security/seccomp/default-profile.ts';
import { readSeccompProfile } from '../../../src/security/seccomp/read-profile.ts';

const refusal = (value: unknown) => {
  try {
    readSeccompProfile(value);
  } catch (error) {
    return error as TcError;
  }
  return expect.unreachable('it was taken');
};

describe('a profile from outside', () => {
  it('is taken as OCI writes it, and the default one comes back as it is', () => {
    expect(readSeccompProfile(JSON.parse(JSON.stringify(defaultSeccompProfile)))).toEqual(
      defaultSeccompProfile,
    );
    const oci = {
      defaultAction: 'SCMP_ACT_ALLOW',
      architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'],
      syscalls: [{ names: ['mkdir'], action: 'SCMP_ACT_ERRNO', errnoRet: 13, args: null }],
    };
    expect(readSeccompProfile(oci)).toEqual({
      defaultAction: 'SCMP_ACT_ALLOW',
      syscalls: [{ names: ['mkdir'], action: 'SCMP_ACT_ERRNO', errnoRet: 13 }],
    });
  });

  it('loses the rules that are for newer kernels, or for older ones', () => {
    const rule = { names: ['ptrace'], action: 'SCMP_ACT_ALLOW' };
    const rulesOn = (kernel: string, scope: object) =>
      readSeccompProfile({ defaultAction: 'SCMP_ACT_ERRNO', syscalls: [{ ...rule, ...scope }] }, kernel)
        .syscalls;
    expect(rulesOn('4.19.0-arm', { includes: { minKernel: '4.8' } })).toHaveLength(1);
    expect(rulesOn('5.1', { includes: { minKernel: '4.8' } })).toHaveLength(1);
    expect(rulesOn('4.7.9', { includes: { minKernel: '4.8' } })).toHaveLength(0);
    expect(rulesOn('6.1', { excludes: { minKernel: '6.1' } })).toHaveLength(0);
  });

  it.each([
    [undefined, 'the profile is not an object'],
    [[], 'the profile is not an object'],
    [{}, 'defaultAction is not one of'],
    [{ defaultAction: 'ALLOW' }, 'defaultAction is not one of'],
    [{ defaultAction: 'SCMP_ACT_NOTIFY' }, 'defaultAction would ask'],
    [{ defaultAction: 'SCMP_ACT_ALLOW', listenerPath: '/x' }, 'go together'],
    [{ defaultAction: 'SCMP_ACT_ALLOW', syscalls: {} }, 'syscalls is not a list'],
    [{ defaultAction: 'SCMP_ACT_ALLOW', defaultErrnoRet: 4096 }, 'from 0 to 4095'],
    [{ defaultAction: 'SCMP_ACT_ALLOW', flags: ['SECCOMP_FILTER_FLAG_TSYNC'] }, 'flags is not one of'],
  ])('is refused where it is %j', (value, problem) => {
    const error = refusal(value);
    expect(error).toMatchObject({ code: 'INVALID_SECCOMP', message: expect.stringContaining(problem) });
  });

  it('that denies a call that nobody knows is refused: it would deny nothing', () => {
    const rule = { names: ['keyctll'], action: 'SCMP_ACT_ERRNO' };
    expect(refusal({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule] }).message).toContain('keyctll');
    const harmless = { names: ['keyctll'], action: 'SCMP_ACT_ALLOW' };
    expect(readSeccompProfile({ defaultAction: 'SCMP_ACT_ERRNO', syscalls: [harmless] }).syscalls).toEqual([
      harmless,
    ]);
  });

  it.each([
    [{ index: 6, op: 'SCMP_CMP_EQ', value: 0 }, 'args[0].index'],
    [{ index: 0, op: 'EQ', value: 0 }, 'args[0].op'],
    [{ index: 0, op: 'SCMP_CMP_EQ', value: -1 }, 'args[0].value'],
    [{ index: 0, op: 'SCMP_CMP_EQ', value: 2 ** 64 }, 'args[0].value'],
    [{ index: 0, op: 'SCMP_CMP_EQ', value: 0.5 }, 'args[0].value'],
  ])('is refused with the condition %j', (condition, at) => {
    const rule = { names: ['read'], action: 'SCMP_ACT_ALLOW', args: [condition] };
    expect(refusal({ defaultAction: 'SCMP_ACT_ERRNO', syscalls: [rule] }).message).toContain(
      `syscalls[0].${at}`,
    );
  });

  it('of any kind is compiled or refused, and nothing else happens', () => {
    const keys = [
      'defaultAction',
      'syscalls',
      'names',
      'action',
      'args',
      'index',
      'op',
      'value',
      'includes',
      'caps',
    ];
    const texts = ['SCMP_ACT_ALLOW', 'SCMP_ACT_ERRNO', 'SCMP_CMP_EQ', 'read', '__proto__', 'CAP_SYS_ADMIN'];
    const json = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(...texts, 0, 1, -1, 2 ** 53, null, true),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...keys), tie('any'), { maxKeys: 4 }),
      ),
    })).any;
    const rough = fc.record(
      { defaultAction: fc.constantFrom('SCMP_ACT_ALLOW', 'SCMP_ACT_ERRNO'), syscalls: json },
      { requiredKeys: ['defaultAction'] },
    );
    fc.assert(
      fc.property(fc.oneof(json, rough), (value) => {
        try {
          compileSeccomp(readSeccompProfile(value), { arch: 'x64', capabilities: [] });
        } catch (error) {
          expect(error).toBeInstanceOf(TcError);
        }
      }),
      { numRuns: 10_000 },
    );
  });
});
