/** Comparisons of a system call's arguments: 64 bits, which BPF loads in halves of 32. */
import { codes, type Instruction, load, offsets, ret } from './bpf.ts';
import type { SeccompCondition } from './profile.ts';

/** `next`: the instruction after this one. `met`, `else`: where the condition holds, and where it does not. */
type Target = 'next' | 'met' | 'else';
type Draft =
  | Instruction
  | { readonly code: number; readonly k: number; readonly to: readonly [Target, Target] };

const swapped: Readonly<Record<Target, Target>> = { next: 'next', met: 'else', else: 'met' };

/** `action` where all conditions hold; else it goes on behind these instructions. */
export function rule(conditions: readonly SeccompCondition[], action: number): Instruction[] {
  const drafts = conditions.map(compare);
  const end = drafts.reduce((sum, { length }) => sum + length, 1);
  let start = 0;
  const instructions = drafts.flatMap((draft) => {
    const [from, met] = [start, start + draft.length];
    start = met;
    return draft.map((each, index): Instruction => {
      if (!('to' in each)) return each;
      const here = from + index + 1;
      const [jt, jf] = each.to.map((target) => ({ next: here, met, else: end })[target] - here);
      return { code: each.code, jt: jt ?? 0, jf: jf ?? 0, k: each.k };
    });
  });
  return [...instructions, ret(action)];
}

function compare({ index, op, value, valueTwo = 0 }: SeccompCondition): Draft[] {
  // Little-endian, as both architectures are: the low half comes first.
  const low = load(offsets.args + index * 8);
  const high = load(offsets.args + index * 8 + 4);
  const [valueHigh, valueLow] = halves(value);
  const jump = (code: number, k: number, ...to: [Target, Target]): Draft => ({ code, k, to });
  switch (op) {
    case 'SCMP_CMP_EQ':
      return [
        high,
        jump(codes.jumpEqual, valueHigh, 'next', 'else'),
        low,
        jump(codes.jumpEqual, valueLow, 'met', 'else'),
      ];
    case 'SCMP_CMP_NE':
      return negated(compare({ index, op: 'SCMP_CMP_EQ', value }));
    case 'SCMP_CMP_GT':
    case 'SCMP_CMP_GE':
      return [
        high,
        jump(codes.jumpGreater, valueHigh, 'met', 'next'),
        jump(codes.jumpEqual, valueHigh, 'next', 'else'),
        low,
        jump(op === 'SCMP_CMP_GT' ? codes.jumpGreater : codes.jumpGreaterOrEqual, valueLow, 'met', 'else'),
      ];
    case 'SCMP_CMP_LT':
      return negated(compare({ index, op: 'SCMP_CMP_GE', value }));
    case 'SCMP_CMP_LE':
      return negated(compare({ index, op: 'SCMP_CMP_GT', value }));
    case 'SCMP_CMP_MASKED_EQ': {
      const [maskHigh, maskLow] = [valueHigh, valueLow];
      const [wantedHigh, wantedLow] = halves(valueTwo);
      return [
        high,
        { code: codes.and, jt: 0, jf: 0, k: maskHigh },
        jump(codes.jumpEqual, wantedHigh, 'next', 'else'),
        low,
        { code: codes.and, jt: 0, jf: 0, k: maskLow },
        jump(codes.jumpEqual, wantedLow, 'met', 'else'),
      ];
    }
  }
}

function negated(drafts: readonly Draft[]): Draft[] {
  return drafts.map((each) =>
    'to' in each ? { ...each, to: [swapped[each.to[0]], swapped[each.to[1]]] } : each,
  );
}

function halves(value: number): [high: number, low: number] {
  const all = BigInt.asUintN(64, BigInt(value));
  return [Number(all >> 32n), Number(all & 0xffffffffn)];
}
