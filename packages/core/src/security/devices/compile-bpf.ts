/**
 * Device rules as a program of the type BPF_PROG_TYPE_CGROUP_DEVICE: Documentation/bpf/standardization/instruction-set.rst.
 * The kernel runs it with struct bpf_cgroup_dev_ctx (linux/bpf.h): {access << 16 | type, major, minor}, and refuses
 * where it returns 0.
 */
import type { DeviceRule } from './rules.ts';

const types = { b: 1, c: 2 } as const; // BPF_DEVCG_DEV_*
const accesses = { m: 1, r: 2, w: 4 } as const; // BPF_DEVCG_ACC_*

/** eBPF opcodes: linux/bpf.h, linux/bpf_common.h. */
const LDXW = 0x61;
const MOV64_K = 0xb7;
const MOV32_X = 0xbc;
const AND32_K = 0x54;
const RSH32_K = 0x74;
const JA = 0x05;
const JNE_K = 0x55;
const JSET_K = 0x45;
const EXIT = 0x95;

const [result, context, type, access, major, minor] = [0, 1, 2, 3, 4, 5];

/** Jumps are counted from the next instruction. */
interface Instruction {
  readonly code: number;
  readonly to: number;
  readonly from?: number;
  readonly offset?: number;
  readonly immediate?: number;
}

/** The last rule that applies decides, as in v1 and in OCI's list; what none speaks of is refused. */
export function compileDeviceRules(rules: readonly DeviceRule[]): Uint8Array {
  const program: Instruction[] = [
    { code: LDXW, to: type, from: context, offset: 0 },
    { code: MOV32_X, to: access, from: type },
    { code: AND32_K, to: type, immediate: 0xffff },
    { code: RSH32_K, to: access, immediate: 16 },
    { code: LDXW, to: major, from: context, offset: 4 },
    { code: LDXW, to: minor, from: context, offset: 8 },
    ...rules.toReversed().flatMap(compileRule),
    ...answer(false),
  ];
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, { code, to, from = 0, offset = 0, immediate = 0 }] of program.entries()) {
    bytes.writeUInt8(code, index * 8);
    bytes.writeUInt8(to | (from << 4), index * 8 + 1);
    bytes.writeInt16LE(offset, index * 8 + 2);
    bytes.writeInt32LE(immediate, index * 8 + 4);
  }
  return bytes;
}

const answer = (allow: boolean): Instruction[] => [
  { code: MOV64_K, to: result, immediate: allow ? 1 : 0 },
  { code: EXIT, to: 0 },
];

function compileRule(rule: DeviceRule): Instruction[] {
  const conditions: ((skip: number) => Instruction)[] = [];
  const isNot = (register: number, value: number | undefined) => {
    if (value === undefined) return;
    conditions.push((skip) => ({ code: JNE_K, to: register, offset: skip, immediate: value }));
  };
  const bits = [...rule.access].reduce((sum, each) => sum | accesses[each as 'm'], 0);
  if (rule.type !== 'a') isNot(type, types[rule.type]);
  // An access is allowed where all of it is, and denied where any of it is.
  if (rule.allow)
    conditions.push((skip) => ({ code: JSET_K, to: access, offset: skip, immediate: 7 & ~bits }));
  isNot(major, rule.major);
  isNot(minor, rule.minor);
  const decision = answer(rule.allow);
  if (!rule.allow) {
    return [
      { code: JSET_K, to: access, offset: 1, immediate: bits },
      { code: JA, to: 0, offset: conditions.length + decision.length },
      ...place(conditions, decision),
    ];
  }
  return place(conditions, decision);
}

function place(
  conditions: readonly ((skip: number) => Instruction)[],
  decision: readonly Instruction[],
): Instruction[] {
  const jumps = conditions.map((make, index) => make(conditions.length - index - 1 + decision.length));
  return [...jumps, ...decision];
}
