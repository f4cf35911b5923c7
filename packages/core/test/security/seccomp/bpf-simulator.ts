/** Runs a filter as the kernel does (kernel/seccomp.c, net/core/filter.c), and checks what its verifier checks. */

export interface Call {
  readonly nr: number;
  readonly arch: number;
  readonly args?: readonly bigint[];
}

/** @returns what the filter returns: an action and its data. @throws where the kernel would not take the filter */
export function simulate(filter: Uint8Array, { nr, arch, args = [] }: Call): number {
  const data = Buffer.alloc(64);
  data.writeInt32LE(nr | 0, 0);
  data.writeUInt32LE(arch, 4);
  for (let index = 0; index < 6; index += 1) {
    data.writeBigUInt64LE(BigInt.asUintN(64, args[index] ?? 0n), 16 + index * 8);
  }
  const code = Buffer.from(filter);
  const length = code.length / 8;
  let accumulator = 0;
  for (let at = 0; at < length; at += 1) {
    const [op, jt, jf, k] = [
      code.readUInt16LE(at * 8),
      code.readUInt8(at * 8 + 2),
      code.readUInt8(at * 8 + 3),
      code.readUInt32LE(at * 8 + 4),
    ];
    const jump = (holds: boolean) => {
      at += holds ? jt : jf;
    };
    switch (op) {
      case 0x20:
        accumulator = data.readUInt32LE(k);
        break;
      case 0x54:
        accumulator = (accumulator & k) >>> 0;
        break;
      case 0x05:
        at += k;
        break;
      case 0x15:
        jump(accumulator === k);
        break;
      case 0x25:
        jump(accumulator > k);
        break;
      case 0x35:
        jump(accumulator >= k);
        break;
      case 0x06:
        return k;
      default:
        throw new Error(`instruction ${at} has the unknown code ${op}`);
    }
  }
  throw new Error('it runs past its end');
}

/** bpf_check_classic() and seccomp_check_filter(): known codes, jumps that stay inside, a return at the end. */
export function verify(filter: Uint8Array): void {
  const code = Buffer.from(filter);
  const length = code.length / 8;
  if (length === 0 || length > 4096) throw new Error(`it has ${length} instructions`);
  for (let at = 0; at < length; at += 1) {
    const [op, jt, jf, k] = [
      code.readUInt16LE(at * 8),
      code.readUInt8(at * 8 + 2),
      code.readUInt8(at * 8 + 3),
      code.readUInt32LE(at * 8 + 4),
    ];
    if (op === 0x20 && (k >= 64 || k % 4 !== 0)) throw new Error(`instruction ${at} loads from ${k}`);
    if (op === 0x05 && at + 1 + k >= length) throw new Error(`instruction ${at} jumps out`);
    if ([0x15, 0x25, 0x35].includes(op) && at + 1 + Math.max(jt, jf) >= length)
      throw new Error(`instruction ${at} jumps out`);
  }
  if (code.readUInt16LE((length - 1) * 8) !== 0x06) throw new Error('its last instruction is no return');
}
