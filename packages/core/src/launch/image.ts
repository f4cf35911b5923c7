/**
 * Turns a launch program into a static ELF executable: elf(5). Two segments: the interpreter (R-X), and the
 * instructions with their data (RW-), so that nothing is ever writable and executable at once.
 */
import { syscallNumbers, TcError } from '@tc/linux';
import { type Architecture, interpreters } from './interpreter/bytes.ts';
import type { Datum, Label, LaunchProgram, Operand, Place, Step } from './program.ts';

export type { Architecture };

// Fixed, because the interpreter has CONTROL built in. A segment's address and its offset in the file must be
// equal modulo the page size (elf(5), p_align); 64 KiB is the largest page that arm64 kernels use.
const textAddress = 0x400000;
const dataAddress = 0x600400;
const dataOffset = 0x400;
const codeOffset = 0x100;
const pageSize = 0x10000;

const controlSize = 128;
const controlReportFd = 56;
const sink = dataAddress + 72;
const instructionSize = 64;
const programAddress = dataAddress + controlSize;

const opcode = { call: 0, try: 1, jump: 2, compute: 3, fail: 4, decimal: 5 } as const;
const condition = { eq: 0, ne: 1, lt: 2 } as const;
const operation = { add: 0, and: 1, shr: 2, sub: 3 } as const;

export function architecture(of: string = process.arch): Architecture | undefined {
  return of === 'x64' || of === 'arm64' ? of : undefined;
}

/** @returns the ELF image. Pure: the same program gives the same bytes. @throws TcError ARCHITECTURE_UNSUPPORTED */
export function assemble(program: LaunchProgram, arch: Architecture): Uint8Array {
  const layout = layOut(program);
  const image = Buffer.alloc((dataOffset + layout.fileSize + 3) & ~3);
  writeHeaders(image, arch, layout);
  image.set(interpreters[arch], codeOffset);
  const writer = new Writer(image, layout.addresses, arch);
  program.steps.forEach((step, index) => {
    writer.step(step, programAddress + index * instructionSize);
  });
  for (const [datum, address] of layout.addresses) writer.datum(datum, address);
  return image;
}

function otherArchitecture(arch: Architecture): TcError {
  return new TcError(`its seccomp filter has the numbers of ${arch}`, {
    code: 'ARCHITECTURE_UNSUPPORTED',
    operation: 'assemble a launch program',
    hint: "Compile it with seccomp: 'unconfined', or assemble it for that architecture.",
  });
}

interface Layout {
  addresses: Map<Datum, number>;
  /** Bytes of the data segment in the file, and in memory, where zeroed buffers follow. */
  fileSize: number;
  memorySize: number;
}

/** Gives each datum an address: words, then bytes and strings (equal ones once), then zeroed memory. */
function layOut(program: LaunchProgram): Layout {
  const addresses = new Map<Datum, number>([[program.control.reportFd.datum, dataAddress + controlReportFd]]);
  const packed: Datum[] = [];
  const zeroed: Datum[] = [];
  let end = programAddress + program.steps.length * instructionSize;
  const visit = (datum: Datum) => {
    if (addresses.has(datum)) return;
    addresses.set(datum, 0);
    if (datum.content === 'zeroed') zeroed.push(datum);
    else if (!('words' in datum.content)) packed.push(datum);
    else {
      addresses.set(datum, end);
      end += datum.size;
      for (const word of datum.content.words) if ('place' in word) visit(word.place.datum);
    }
  };
  visit(program.record);
  for (const step of program.steps) {
    for (const operand of operandsOf(step)) if ('place' in operand) visit(operand.place.datum);
    if ('result' in step && step.result !== undefined) visit(step.result.datum);
  }

  const strings = new Map<string, number>();
  for (const datum of packed) {
    const text =
      typeof datum.content === 'object' && 'string' in datum.content ? datum.content.string : undefined;
    const known = text === undefined ? undefined : strings.get(text);
    addresses.set(datum, known ?? end);
    if (known !== undefined) continue;
    if (text !== undefined) strings.set(text, end);
    end += datum.size;
  }
  const fileSize = end - dataAddress;
  for (const datum of zeroed) {
    end = (end + 7) & ~7;
    addresses.set(datum, end);
    end += datum.size;
  }
  return { addresses, fileSize, memorySize: end - dataAddress };
}

function operandsOf(step: Step): readonly Operand[] {
  if (step.op === 'call') return step.args;
  if (step.op === 'jump') return step.when === undefined ? [] : [step.when[0], step.when[2]];
  if (step.op === 'compute') return [step.left, step.right];
  if (step.op === 'decimal') return [{ kind: 'address', place: step.from }];
  return [step.errno];
}

class Writer {
  readonly #image: Buffer;
  /** The same memory as 32-bit words: everything but strings and bytes lies at multiples of four. */
  readonly #words: Uint32Array;
  readonly #addresses: ReadonlyMap<Datum, number>;
  readonly #arch: Architecture;

  constructor(image: Buffer, addresses: ReadonlyMap<Datum, number>, arch: Architecture) {
    this.#image = image;
    this.#words = new Uint32Array(image.buffer, image.byteOffset, image.length / 4);
    this.#addresses = addresses;
    this.#arch = arch;
  }

  datum({ content }: Datum, address: number): void {
    if (content === 'zeroed') return;
    const offset = offsetOf(address);
    if ('string' in content) this.#image.write(content.string, offset);
    else if ('bytes' in content) {
      if (content.arch !== undefined && content.arch !== this.#arch) throw otherArchitecture(content.arch);
      this.#image.set(content.bytes, offset);
    } else for (const [index, word] of content.words.entries()) this.#operand(word, offset / 4 + index * 2);
  }

  step(step: Step, address: number): void {
    const at = offsetOf(address) / 4;
    let op: number = opcode[step.op];
    let code = 0;
    let extra = 0;
    let result = sink;
    if (step.op === 'call') {
      if (!step.checked) op = opcode.try;
      code = syscallNumbers[step.call][this.#arch === 'x64' ? 0 : 1];
      if (step.tolerate.length > 4) throw new RangeError(`${step.what}: more than four tolerated errnos`);
      for (const [index, errno] of step.tolerate.entries()) extra += errno * 2 ** (index * 8);
      if (step.result) result = this.#addressOf(step.result);
    } else if (step.op === 'jump') {
      code = condition[step.when?.[1] ?? 'eq'];
      extra = addressOfStep(step.to);
    } else if (step.op === 'compute') {
      code = operation[step.by];
      result = this.#addressOf(step.result);
    } else if (step.op === 'decimal') {
      result = this.#addressOf(step.result);
    }
    let indirect = 0;
    let argument = at + 4;
    for (const operand of operandsOf(step)) {
      if (this.#operand(operand, argument)) indirect |= 1 << ((argument - at - 4) / 2);
      argument += 2;
    }
    this.#words[at] = op | (indirect << 8) | (code << 16);
    this.#words[at + 1] = extra;
    this.#words[at + 2] = result;
  }

  /** Writes eight bytes. @returns true where they are an address to load the value from. */
  #operand(operand: Operand, at: number): boolean {
    if (operand.kind === 'number') {
      const { value } = operand;
      const number = typeof value === 'object' ? value[this.#arch] : value;
      this.#words[at] = number; // modulo 2^32, as every typed array does
      this.#words[at + 1] = Math.floor(number / 2 ** 32);
      return false;
    }
    this.#words[at] = operand.kind === 'step' ? addressOfStep(operand.label) : this.#addressOf(operand.place);
    return operand.kind === 'value';
  }

  #addressOf({ datum, offset }: Place): number {
    const address = this.#addresses.get(datum);
    if (address === undefined) throw new RangeError(`${datum.text} is not part of the program`);
    return address + offset;
  }
}

function offsetOf(address: number): number {
  return address - dataAddress + dataOffset;
}

function addressOfStep(label: Label): number {
  if (label.step === undefined) throw new RangeError('a jump to a label that was never placed');
  return programAddress + label.step * instructionSize;
}

function writeHeaders(image: Buffer, arch: Architecture, layout: Layout): void {
  image.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // 64-bit, little-endian, version 1
  image.writeUInt16LE(2, 16); // ET_EXEC
  image.writeUInt16LE(arch === 'x64' ? 62 : 183, 18); // EM_X86_64, EM_AARCH64
  image.writeUInt32LE(1, 20);
  image.writeUInt32LE(textAddress + codeOffset, 24); // entry
  image.writeUInt32LE(64, 32); // program headers follow this header
  image.writeUInt16LE(64, 52);
  image.writeUInt16LE(56, 54);
  image.writeUInt16LE(3, 56);
  const read = 4;
  const write = 2;
  const execute = 1;
  const segment = (
    index: number,
    type: number,
    flags: number,
    at: number,
    offset: number,
    sizes: number[],
  ) => {
    const base = 64 + index * 56;
    const [fileSize = 0, memorySize = 0] = sizes;
    image.writeUInt32LE(type, base);
    image.writeUInt32LE(flags, base + 4);
    image.writeUInt32LE(offset, base + 8);
    image.writeUInt32LE(at, base + 16);
    image.writeUInt32LE(at, base + 24);
    image.writeUInt32LE(fileSize, base + 32);
    image.writeUInt32LE(memorySize, base + 40);
    image.writeUInt32LE(pageSize, base + 48);
  };
  const textSize = codeOffset + interpreters[arch].length;
  segment(0, 1, read | execute, textAddress, 0, [textSize, textSize]); // PT_LOAD
  segment(1, 1, read | write, dataAddress, dataOffset, [layout.fileSize, layout.memorySize]);
  segment(2, 0x6474e551, read | write, 0, 0, [0, 0]); // PT_GNU_STACK: the stack is not executable either
}
