import { constants as os } from 'node:os';
import type { SyscallName } from '@tc/linux';
import { buffer, number } from './data.ts';
import type {
  CallStep,
  Control,
  Datum,
  Diagnosis,
  Group,
  Label,
  LaunchProgram,
  Operand,
  Place,
  Step,
} from './program.ts';

export type Errno = keyof typeof os.errno;

export type Diagnoses = Partial<Record<Errno | 'other', Diagnosis>>;

export interface CallOptions {
  what: string;
  why?: string;
  result?: Place;
  /** errnos that count as success; at most four. */
  tolerate?: readonly Errno[];
  /** `false`: never fails the launch; look at `result`. */
  checked?: boolean;
  /** What a failure means, by errno name; `other` for the rest. */
  diagnose?: Diagnoses;
}

/** Collects the steps of a launch program in order. */
export class ProgramBuilder {
  readonly #steps: Step[] = [];
  #group: Group = 'supervise';
  readonly control: Control;

  constructor() {
    const block = buffer(16, 'control');
    this.control = { reportFd: { datum: block, offset: 0 }, onFail: { datum: block, offset: 8 } };
  }

  group(group: Group): void {
    this.#group = group;
  }

  call(call: SyscallName, args: readonly (Operand | number)[], options: CallOptions): CallStep {
    const diagnoses: Record<number, Diagnosis> = {};
    for (const [name, diagnosis] of Object.entries(options.diagnose ?? {})) {
      diagnoses[name === 'other' ? 0 : os.errno[name as Errno]] = diagnosis;
    }
    const step: CallStep = {
      op: 'call',
      group: this.#group,
      call,
      args: args.map((arg) => (typeof arg === 'number' ? number(arg) : arg)),
      what: options.what,
      why: options.why ?? '',
      result: options.result,
      checked: options.checked ?? true,
      tolerate: (options.tolerate ?? []).map((name) => os.errno[name]),
      diagnoses,
    };
    this.#steps.push(step);
    return step;
  }

  label(): Label {
    return { step: undefined };
  }

  /** Puts the label before the next step. */
  place(label: Label): void {
    label.step = this.#steps.length;
  }

  here(): Label {
    return { step: this.#steps.length };
  }

  jump(to: Label): void {
    this.#steps.push({ op: 'jump', to, when: undefined });
  }

  jumpIf(left: Operand, is: 'eq' | 'ne' | 'lt', right: Operand | number, to: Label): void {
    const operand = typeof right === 'number' ? number(right) : right;
    this.#steps.push({ op: 'jump', to, when: [left, is, operand] });
  }

  compute(result: Place, left: Operand, by: 'add' | 'and' | 'shr' | 'sub', right: Operand | number): void {
    const operand = typeof right === 'number' ? number(right) : right;
    this.#steps.push({ op: 'compute', left, by, right: operand, result });
  }

  set(result: Place, value: Operand): void {
    this.compute(result, value, 'add', 0);
  }

  /** `from` holds the address of a NUL-terminated text. */
  decimal(result: Place, from: Place): void {
    this.#steps.push({ op: 'decimal', from, result });
  }

  fail(errno: Operand, as: CallStep): void {
    this.#steps.push({ op: 'fail', errno, as });
  }

  finish(record: Datum): LaunchProgram {
    return { steps: this.#steps, control: this.control, record };
  }
}
