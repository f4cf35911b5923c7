/**
 * Turns a launch program into a static ELF executable: elf(5). Two segments: the interpreter (R-X), and the
 * instructions with their data (RW-), so that nothing is ever writable and executable at once.
 */
import { syscallNumbers } from '@tc/linux';
import { resolve } from './data.ts';
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

const opcode = { call: 0, try: 1, jump: 2, compute: 3, fail: 4 } as const;
const condition = { eq: 0, ne: 1, lt: 2 } as const;
const operation = { add: 0, and: 1, shr: 2 } as const;

export function architecture(of: string = process.arch): Architecture | undefined {
  return of === 'x64' || of === 'arm64' ? of : undefined;
}

/** @returns the ELF image. Pure: the same program gives the same bytes. */
export function assemble(program: LaunchProgram, arch: Architecture): Uint8Array {
  const layout = layOut(program);
  const image = Buffer.alloc(dataOffset + layout.fileSize);
  writeHeaders(image, arch, layout);
  image.set(interpreters[arch], codeOffset);
  const writer = new Writer(image, layout.addresses, arch);
  program.steps.forEach((step, index) => {
    writer.step(step, programAddress + index * instructionSize);
  });
  for (const [datum, address] of layout.addresses) {
    if (datum.content !== undefined) writer.datum(datum, address);
  }
  return image;
}

interface Layout {
  addresses: Map<Datum, number>;
  /** Bytes of the data segment in the file, and in memory, where zeroed buffers follow. */
  fileSize: number;
  memorySize: number;
}

/** Gives each datum an address: words, then strings (equal ones once), then zeroed memory, which needs no file. */
function layOut(program: LaunchProgram): Layout {
  const addresses = new Map<Datum, number>([[program.control.reportFd.datum, dataAddress + controlReportFd]]);
  const strings: Datum[] = [];
  const zeroed: Datum[] = [];
  let end = programAddress + program.steps.length * instructionSize;
  const visit = (datum: Datum) => {
    if (addresses.has(datum)) return;
    addresses.set(datum, 0);
    if (datum.content === undefined) zeroed.push(datum);
    else if ('bytes' in datum.content) strings.push(datum);
    else {
      addresses.set(datum, end);
      end += datum.size;
      for (const word of datum.content.words) if ('place' in word) visit(word.place.datum);
    }
  };
  visit(program.record);
  for (const step of program.steps) for (const place of placesOf(step)) visit(place.datum);

  const seen = new Map<string, number>();
  for (const datum of strings) {
    const { bytes } = datum.content as { bytes: Uint8Array };
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    const known = seen.get(key);
    addresses.set(datum, known ?? end);
    if (known !== undefined) continue;
    seen.set(key, end);
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

function* placesOf(step: Step): Generator<Place> {
  for (const operand of operandsOf(step)) if ('place' in operand) yield operand.place;
  if ('result' in step && step.result !== undefined) yield step.result;
}

function operandsOf(step: Step): readonly Operand[] {
  if (step.op === 'call') return step.args;
  if (step.op === 'jump') return step.when === undefined ? [] : [step.when[0], step.when[2]];
  if (step.op === 'compute') return [step.left, step.right];
  return [step.errno];
}

class Writer {
  readonly #image: Buffer;
  readonly #addresses: ReadonlyMap<Datum, number>;
  readonly #arch: Architecture;

  constructor(image: Buffer, addresses: ReadonlyMap<Datum, number>, arch: Architecture) {
    this.#image = image;
    this.#addresses = addresses;
    this.#arch = arch;
  }

  datum(datum: Datum, address: number): void {
    const offset = offsetOf(address);
    if (datum.content === undefined) return;
    if ('bytes' in datum.content) this.#image.set(datum.content.bytes, offset);
    else datum.content.words.forEach((word, index) => void this.#operand(word, offset + index * 8));
  }

  step(step: Step, address: number): void {
    const offset = offsetOf(address);
    let op: number = opcode[step.op];
    let code = 0;
    let extra = 0;
    let result = sink;
    if (step.op === 'call') {
      if (!step.checked) op = opcode.try;
      code = syscallNumbers[step.call][this.#arch === 'x64' ? 0 : 1];
      if (step.tolerate.length > 4) throw new RangeError(`${step.what}: more than four tolerated errnos`);
      extra = step.tolerate.reduce((sum, errno, index) => sum + errno * 2 ** (index * 8), 0);
      if (step.result) result = this.#addressOf(step.result);
    } else if (step.op === 'jump') {
      code = condition[step.when?.[1] ?? 'eq'];
      extra = addressOfStep(step.to);
    } else if (step.op === 'compute') {
      code = operation[step.by];
      result = this.#addressOf(step.result);
    }
    let indirect = 0;
    operandsOf(step).forEach((operand, index) => {
      if (this.#operand(operand, offset + 16 + index * 8)) indirect |= 1 << index;
    });
    this.#image.writeUInt8(op, offset);
    this.#image.writeUInt8(indirect, offset + 1);
    this.#image.writeUInt16LE(code, offset + 2);
    this.#image.writeUInt32LE(extra, offset + 4);
    this.#image.writeUInt32LE(result, offset + 8);
  }

  /** @returns true where the word is an address to load the value from. */
  #operand(operand: Operand, offset: number): boolean {
    if (operand.kind === 'number') {
      const { value } = operand;
      if (typeof value === 'number' && value >= 0 && value <= 0xffffffff)
        this.#image.writeUInt32LE(value, offset);
      else this.#image.writeBigUInt64LE(BigInt.asUintN(64, resolve(value, this.#arch)), offset);
      return false;
    }
    const address = operand.kind === 'step' ? addressOfStep(operand.label) : this.#addressOf(operand.place);
    this.#image.writeUInt32LE(address, offset);
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
