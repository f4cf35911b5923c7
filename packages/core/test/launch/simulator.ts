/**
 * Walks a launch program as the interpreter does, with system calls that are answered here instead of made: one
 * of the two processes that come out of the clone at a time.
 */
import type { Num, SyscallName } from '@tc/linux';
import type { CallStep, Datum, LaunchProgram, Operand, Place } from '../../src/launch/program.ts';

/** A system call as it was made: numbers, and addresses as the places that they point to. */
export interface Call {
  readonly step: CallStep;
  readonly name: SyscallName;
  readonly args: readonly (number | Place)[];
  /** The strings among the arguments. */
  readonly strings: readonly string[];
  /** What a write or sendto passed on, at that moment. */
  readonly data: Buffer;
}

/** Its result; undefined stands for the usual one, success. `'ends'`: the process is gone. */
export type Answer = (call: Call, memory: Memory) => number | 'ends' | undefined;

export interface Simulation {
  readonly calls: readonly Call[];
  readonly memory: Memory;
  /** What was written for failures. */
  readonly reports: readonly { readonly fd: number; readonly step: number; readonly errno: number }[];
  /** The exit code; undefined where it ended another way. */
  readonly exitCode: number | undefined;
}

export class Memory {
  readonly #contents = new Map<Datum, Buffer>();
  readonly #addresses = new Map<Datum, number>();
  #end = 0x1000;

  of(datum: Datum): Buffer {
    let content = this.#contents.get(datum);
    if (content === undefined) {
      content = Buffer.alloc(datum.size);
      this.#contents.set(datum, content);
      if (datum.content === 'zeroed') return content;
      if ('string' in datum.content) content.write(datum.content.string);
      else if ('bytes' in datum.content) content.set(datum.content.bytes);
      else {
        for (const [index, word] of datum.content.words.entries()) {
          const place = { datum, offset: index * 8 };
          if (word.kind === 'number') this.write(place, numberOf(word.value));
          else if (word.kind === 'address') this.write(place, this.addressOf(word.place));
        }
      }
    }
    return content;
  }

  /** Data lie apart, each at an address that says nothing about where it is in an image. */
  addressOf({ datum, offset }: Place): number {
    let address = this.#addresses.get(datum);
    if (address === undefined) {
      address = this.#end;
      this.#addresses.set(datum, address);
      this.#end += datum.size + 0x1000;
    }
    return address + offset;
  }

  /** What lies at an address, to the end of its datum. */
  at(address: number): Buffer {
    for (const [datum, start] of this.#addresses) {
      const offset = address - start;
      if (offset >= 0 && offset <= datum.size) return this.of(datum).subarray(offset);
    }
    throw new Error(`nothing lies at ${address}`);
  }

  read({ datum, offset }: Place): bigint {
    return this.of(datum).readBigInt64LE(offset);
  }

  write({ datum, offset }: Place, value: bigint | number): void {
    this.of(datum).writeBigInt64LE(BigInt.asIntN(64, BigInt(value)), offset);
  }
}

const stepLimit = 100_000;

export function simulate(program: LaunchProgram, answer: Answer): Simulation {
  const memory = new Memory();
  const calls: Call[] = [];
  const reports: Simulation['reports'][number][] = [];
  const evaluate = (operand: Operand): bigint => {
    if (operand.kind === 'number') return BigInt.asIntN(64, numberOf(operand.value));
    if (operand.kind === 'value') return memory.read(operand.place);
    if (operand.kind === 'step') return BigInt(placed(operand.label.step));
    return BigInt(memory.addressOf(operand.place));
  };
  let next = 0;
  const fail = (errno: number) => {
    reports.push({ fd: Number(memory.read(program.control.reportFd)), step: next, errno });
    next = Number(memory.read(program.control.onFail));
  };
  for (let taken = 0; taken < stepLimit; taken += 1) {
    const step = program.steps[next];
    if (step === undefined) throw new Error(`the program runs off its end at step ${next}`);
    if (step.op === 'jump') {
      const [left, is, right] = step.when ?? [];
      next = holds(left, is, right) ? placed(step.to.step) : next + 1;
    } else if (step.op === 'compute') {
      memory.write(step.result, compute(step.by, evaluate(step.left), evaluate(step.right)));
      next += 1;
    } else if (step.op === 'decimal') {
      memory.write(step.result, decimal(memory, step.from));
      next += 1;
    } else if (step.op === 'fail') {
      fail(Number(evaluate(step.errno)));
    } else {
      const args = step.args.map((arg) => (arg.kind === 'address' ? arg.place : Number(evaluate(arg))));
      const data = dataOf(memory, step, args);
      const call: Call = { step, name: step.call, args, strings: stringsOf(step), data };
      calls.push(call);
      if (step.call === 'exit_group') return { calls, memory, reports, exitCode: Number(args[0]) };
      const result = answer(call, memory) ?? 0;
      if (result === 'ends') return { calls, memory, reports, exitCode: undefined };
      if (step.result !== undefined) memory.write(step.result, result);
      if (step.checked && result < 0 && !step.tolerate.includes(-result)) fail(-result);
      else next += 1;
    }
  }
  throw new Error(`no end after ${stepLimit} steps`);

  function holds(left?: Operand, is?: 'eq' | 'ne' | 'lt', right?: Operand): boolean {
    if (left === undefined || right === undefined) return true;
    const [a, b] = [evaluate(left), evaluate(right)];
    if (is === 'lt') return a < b;
    return (a === b) === (is === 'eq');
  }
}

const nothing = Buffer.alloc(0);

function dataOf(memory: Memory, { call }: CallStep, [, place, size]: readonly (number | Place)[]): Buffer {
  if ((call !== 'write' && call !== 'sendto') || typeof place !== 'object') return nothing;
  return Buffer.from(memory.of(place.datum).subarray(place.offset, place.offset + Number(size)));
}

function numberOf(value: Num): bigint {
  return BigInt(typeof value === 'object' ? value.x64 : value);
}

function placed(step: number | undefined): number {
  if (step === undefined) throw new Error('a label that was never placed');
  return step;
}

function compute(by: 'add' | 'and' | 'shr' | 'sub', left: bigint, right: bigint): bigint {
  if (by === 'add') return left + right;
  if (by === 'sub') return left - right;
  return by === 'and' ? left & right : BigInt.asUintN(64, left) >> right;
}

/** The next number of the text that `from` points into, 0 after the last; `from` is moved behind it. */
function decimal(memory: Memory, from: Place): bigint {
  const start = Number(memory.read(from));
  const [text = ''] = memory.at(start).toString('latin1').split('\0');
  const [skipped = '', digits = ''] = /^\D*(\d*)/.exec(text) ?? [];
  memory.write(from, start + skipped.length);
  return BigInt(digits || 0);
}

function stringsOf(step: CallStep): string[] {
  return step.args.flatMap((arg) => {
    const content = arg.kind === 'address' ? arg.place.datum.content : 'zeroed';
    return content !== 'zeroed' && 'string' in content ? [content.string] : [];
  });
}
