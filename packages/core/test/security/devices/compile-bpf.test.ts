import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileDeviceRules } from '../../../src/security/devices/compile-bpf.ts';
import {
  type DeviceRule,
  defaultDeviceRules,
  formatDeviceRule,
} from '../../../src/security/devices/rules.ts';

interface Asked {
  readonly type: 'b' | 'c';
  readonly major: number;
  readonly minor: number;
  readonly access: string;
}

const bit = { m: 1, r: 2, w: 4 } as const;
const bits = (access: string) => [...access].reduce((sum, each) => sum | bit[each as 'm'], 0);

/** What the kernel does with the program: linux/bpf.h. Only these instructions, and only forward jumps, as it asks for. */
function runBpf(program: Uint8Array, { type, major, minor, access }: Asked): number {
  const code = Buffer.from(program);
  const context = [(bits(access) << 16) | (type === 'b' ? 1 : 2), major, minor];
  const registers = Array.from({ length: 10 }, () => 0n);
  for (let at = 0; ; at += 1) {
    const [opcode, operands] = [code.readUInt8(at * 8), code.readUInt8(at * 8 + 1)];
    const [to, from] = [operands & 15, operands >> 4];
    const [offset, immediate] = [code.readInt16LE(at * 8 + 2), BigInt(code.readInt32LE(at * 8 + 4))];
    const value = registers[to] ?? 0n;
    if (offset < 0) throw new Error('a jump back');
    if (opcode === 0x95) return Number(registers[0]);
    if (opcode === 0x61) registers[to] = BigInt((context[offset / 4] ?? Number.NaN) >>> 0);
    else if (opcode === 0xb7) registers[to] = immediate;
    else if (opcode === 0xbc) registers[to] = (registers[from] ?? 0n) & 0xffffffffn;
    else if (opcode === 0x54) registers[to] = value & immediate & 0xffffffffn;
    else if (opcode === 0x74) registers[to] = (value & 0xffffffffn) >> immediate;
    else if (opcode === 0x05) at += offset;
    else if (opcode === 0x55) at += value === immediate ? 0 : offset;
    else if (opcode === 0x45) at += (value & immediate) === 0n ? 0 : offset;
    else throw new Error(`an unknown instruction ${opcode}`);
  }
}

/** The last rule that applies decides. */
function decide(rules: readonly DeviceRule[], { type, major, minor, access }: Asked): boolean {
  const last = rules.findLast((rule) => {
    const isOf = (own: number | undefined, asked: number) => own === undefined || own === asked;
    const isDevice =
      (rule.type === 'a' || rule.type === type) && isOf(rule.major, major) && isOf(rule.minor, minor);
    const has = [...access].map((each) => rule.access.includes(each));
    return isDevice && (rule.allow ? has.every(Boolean) : has.some(Boolean));
  });
  return last?.allow ?? false;
}

const accesses = ['r', 'w', 'm', 'rw', 'rm', 'wm', 'rwm'];

describe('the program of device rules', () => {
  const numbers = fc.constantFrom(0, 1, 5, 8, 4095);
  const rule = fc.record({
    allow: fc.boolean(),
    type: fc.constantFrom('a' as const, 'b' as const, 'c' as const),
    major: fc.option(numbers, { nil: undefined }),
    minor: fc.option(numbers, { nil: undefined }),
    access: fc.constantFrom(...accesses),
  });
  const asked = fc.record({
    type: fc.constantFrom('b' as const, 'c' as const),
    major: numbers,
    minor: numbers,
    access: fc.constantFrom(...accesses),
  });

  it('decides as the rules do', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 8 }), asked, (rules, each) => {
        expect(runBpf(compileDeviceRules(rules), each)).toBe(decide(rules, each) ? 1 : 0);
      }),
      { numRuns: 10_000 },
    );
  });

  it.each<[number, Asked]>([
    [1, { type: 'c', major: 1, minor: 3, access: 'rw' }], // null
    [1, { type: 'c', major: 136, minor: 7, access: 'rw' }], // a terminal
    [1, { type: 'b', major: 8, minor: 0, access: 'm' }], // a node that nobody can open
    [0, { type: 'b', major: 8, minor: 0, access: 'r' }], // the first disk
    [0, { type: 'b', major: 8, minor: 0, access: 'rm' }],
    [0, { type: 'c', major: 1, minor: 1, access: 'r' }], // mem
    [0, { type: 'b', major: 1, minor: 3, access: 'r' }],
    [0, { type: 'c', major: 10, minor: 229, access: 'rw' }], // fuse
  ])('answers %i by the default rules to %j', (expected, each) => {
    expect(runBpf(compileDeviceRules(defaultDeviceRules), each)).toBe(expected);
  });

  it('has the rules in the form of v1 as well', () => {
    expect(defaultDeviceRules.map(formatDeviceRule)).toEqual(
      expect.arrayContaining(['c *:* m', 'b *:* m', 'c 1:3 rwm', 'c 136:* rwm']),
    );
  });
});
