/**
 * Classic BPF as seccomp(2) takes it: filters of at most 4096 instructions that jump forward only, over a
 * struct seccomp_data. Source: include/uapi/linux/{filter,bpf_common,seccomp}.h.
 */

/** One struct sock_filter; `jt` and `jf` say how many instructions are passed over. */
export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

export const codes = {
  loadWord: 0x20, // BPF_LD | BPF_W | BPF_ABS
  and: 0x54, // BPF_ALU | BPF_AND | BPF_K
  jump: 0x05, // BPF_JMP | BPF_JA
  jumpEqual: 0x15, // BPF_JMP | BPF_JEQ | BPF_K
  jumpGreater: 0x25, // BPF_JMP | BPF_JGT | BPF_K
  jumpGreaterOrEqual: 0x35, // BPF_JMP | BPF_JGE | BPF_K
  return: 0x06, // BPF_RET | BPF_K
} as const;

/** Offsets in struct seccomp_data. */
export const offsets = { nr: 0, arch: 4, args: 16 } as const;

export const maxInstructions = 4096; // BPF_MAXINSNS

const maxOffset = 255; // jt and jf have one byte

export const load = (offset: number): Instruction => ({ code: codes.loadWord, jt: 0, jf: 0, k: offset });
export const ret = (action: number): Instruction => ({ code: codes.return, jt: 0, jf: 0, k: action });

/** `when` where the comparison with what is loaded holds, else `otherwise`; of any length. */
export function branch(
  code: number,
  k: number,
  when: readonly Instruction[],
  otherwise: readonly Instruction[],
): Instruction[] {
  if (when.length <= maxOffset) return [{ code, jt: 0, jf: when.length, k }, ...when, ...otherwise];
  return [
    { code, jt: 1, jf: 0, k },
    { code: codes.jump, jt: 0, jf: 0, k: when.length },
    ...when,
    ...otherwise,
  ];
}

/** As the kernel wants it: struct sock_filter[]. */
export function encode(instructions: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(instructions.length * 8);
  for (const [index, { code, jt, jf, k }] of instructions.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(jt, index * 8 + 2);
    bytes.writeUInt8(jf, index * 8 + 3);
    bytes.writeUInt32LE(k, index * 8 + 4);
  }
  return bytes;
}
