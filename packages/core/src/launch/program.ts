/**
 * The launch program: the system calls that make a container, as data. Phases build it (`phases/`), `explain.ts`
 * prints it, `image.ts` turns it into an executable, and `interpreter/` is the machine code that walks it.
 */
import type { ErrorCode, Num, SyscallName } from '@tc/linux';
import type { Architecture } from './interpreter/bytes.ts';

/** A piece of the image's data segment. */
export interface Datum {
  readonly size: number;
  readonly content: Content;
  /** As it is printed in a call: `{flags=O_PATH}`. Strings print themselves. */
  readonly text?: string;
}

export type Content =
  /** Ends with a NUL in memory. Equal ones stand there once. */
  | { readonly string: string }
  /** With `arch` they mean something on that one only. */
  | { readonly bytes: Uint8Array; readonly arch?: Architecture }
  /** 8 bytes each, some of them addresses of other data. */
  | { readonly words: readonly Operand[] }
  | 'zeroed';

/** Eight bytes of a datum that a step writes or reads. */
export interface Place {
  readonly datum: Datum;
  readonly offset: number;
}

export type Operand =
  /** A number; `text` is its name in strace's notation. */
  | { readonly kind: 'number'; readonly value: Num; readonly text?: string }
  /** The address of a place. */
  | { readonly kind: 'address'; readonly place: Place }
  /** The value in a place at the time of the step. */
  | { readonly kind: 'value'; readonly place: Place }
  /** The address of a step. */
  | { readonly kind: 'step'; readonly label: Label };

/** The headings under which `--explain` lists the steps. */
export const groups = ['namespaces', 'file system', 'cgroups', 'privileges', 'start', 'supervise'] as const;
export type Group = (typeof groups)[number];

/** A jump's target: the step that was next when it was placed. */
export interface Label {
  step: number | undefined;
}

export interface CallStep {
  readonly op: 'call';
  readonly group: Group;
  readonly call: SyscallName;
  readonly args: readonly Operand[];
  /** What it does, as an error would name it: `mount proc on /proc`. */
  readonly what: string;
  /** Why it is there, for a reader of `--explain`. */
  readonly why: string;
  /** Where the result goes. */
  readonly result: Place | undefined;
  /** A failure ends the launch, unless its errno is tolerated. Unchecked calls leave it to the steps after. */
  readonly checked: boolean;
  readonly tolerate: readonly number[];
  /** What a failure means to the user, by errno; `0` stands for any other. */
  readonly diagnoses: Readonly<Record<number, Diagnosis>>;
}

export interface Diagnosis {
  readonly code?: ErrorCode;
  readonly hint: string;
}

export type Step =
  | CallStep
  | {
      readonly op: 'jump';
      readonly to: Label;
      readonly when: readonly [left: Operand, is: 'eq' | 'ne' | 'lt', right: Operand] | undefined;
    }
  | {
      readonly op: 'compute';
      readonly left: Operand;
      readonly by: 'add' | 'and' | 'shr' | 'sub';
      readonly right: Operand;
      readonly result: Place;
    }
  /** Reads the next decimal number of a text; `from` holds the address to go on from, and is moved past it. */
  | { readonly op: 'decimal'; readonly from: Place; readonly result: Place }
  /** Ends the launch as if the call `as` had failed with that errno. */
  | { readonly op: 'fail'; readonly errno: Operand; readonly as: CallStep };

export interface LaunchProgram {
  readonly steps: readonly Step[];
  /** The interpreter's two settings, which the program sets as it goes. */
  readonly control: Control;
  /** Where the supervisor puts what it reports at the end. See `report.ts`. */
  readonly record: Datum;
}

/** Stands for the interpreter's control block in a program. */
export interface Control {
  /** The file descriptor that a failure is written to. */
  readonly reportFd: Place;
  /** The address of the step to go on with after a failure. */
  readonly onFail: Place;
}
