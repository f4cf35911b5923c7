/** Launch programs that each use one thing that an interpreter does, and what must come of them. */
import { ProgramBuilder } from '../../src/launch/builder.ts';
import {
  address,
  at,
  buffer,
  bytes,
  cell,
  load,
  NULL,
  number,
  string,
  stringArray,
} from '../../src/launch/data.ts';
import type { LaunchProgram, Operand } from '../../src/launch/program.ts';

export interface SmallProgram {
  /** Completes: "an interpreter ...". */
  readonly title: string;
  readonly program: LaunchProgram;
  readonly exitCode: number;
  /** The 8-byte words on its stdout, unsigned. */
  readonly shows: readonly bigint[];
  /** The failure on its descriptor 3. */
  readonly report?: { readonly step: number; readonly errno: number };
}

const [ENOENT, EBADF, EACCES, EINVAL, EISCONN] = [2, 9, 13, 22, 106];
const reportFd = 3;
const unsigned = (value: bigint | number) => BigInt.asUintN(64, BigInt(value));

type Build = (p: ProgramBuilder) => void;

function make(
  title: string,
  build: Build,
  expected: Partial<Omit<SmallProgram, 'title' | 'program'>>,
): SmallProgram {
  const p = new ProgramBuilder();
  build(p);
  return { title, program: p.finish(buffer(8, 'record')), exitCode: 0, shows: [], ...expected };
}

const exit = (p: ProgramBuilder, code: Operand | number) => p.call('exit_group', [code], { what: 'exit' });

function show(p: ProgramBuilder, value: Operand): void {
  const shown = cell('shown');
  p.set(shown, value);
  p.call('write', [1, address(shown.datum), 8], { what: 'show' });
}

/** From here on failures are reported on descriptor 3, and then the program exits with 7. */
function catchFailures(p: ProgramBuilder): () => void {
  const failed = p.label();
  p.set(p.control.reportFd, number(reportFd));
  p.set(p.control.onFail, { kind: 'step', label: failed });
  return () => {
    p.place(failed);
    exit(p, 7);
  };
}

const openMissing = ['openat', [-100, string('/nothing/is/here'), 0]] as const;

const simple: readonly SmallProgram[] = [
  make('makes a call with its argument', (p) => exit(p, 42), { exitCode: 42 }),
  make(
    'stores the result of a call, and passes it on',
    (p) => {
      const mask = cell('mask');
      p.call('umask', [0o77], { what: 'set' });
      p.call('umask', [0], { what: 'get', result: mask });
      show(p, load(mask));
      exit(p, load(mask));
    },
    { exitCode: 0o77, shows: [0o77n] },
  ),
  make(
    'stores the negative errno of a call that is not checked, and goes on',
    (p) => {
      const result = cell('result');
      p.call('close', [999], { what: 'close', checked: false, result });
      show(p, load(result));
      exit(p, 5);
    },
    { exitCode: 5, shows: [unsigned(-EBADF)] },
  ),
  make(
    'has zeroed memory and strings where their addresses say',
    (p) => {
      p.call('write', [1, address(buffer(16, 'zeroed')), 16], { what: 'show' });
      p.call('write', [1, string('eight...'), 8], { what: 'show' });
      p.call('write', [1, address(bytes(Buffer.from('ignored.eight...'), 'b'), 8), 8], { what: 'show' });
      exit(p, 0);
    },
    { shows: [0n, 0n, ...Array(2).fill(Buffer.from('eight...').readBigUInt64LE())] },
  ),
  make(
    'executes a program with its arguments and variables',
    (p) => {
      const argv = stringArray(['sh', '-c', 'exit $CODE'], 'argv');
      p.call('execve', [string('/bin/sh'), argv, stringArray(['CODE=9'], 'envp')], { what: 'execute' });
      exit(p, 1);
    },
    { exitCode: 9 },
  ),
  make(
    'leaves everything else alone where a result is not wanted',
    (p) => {
      const kept = cell('kept');
      p.set(kept, number(3));
      const finish = catchFailures(p);
      p.call('umask', [0o123], { what: 'x' });
      p.call('close', [999], { what: 'fails' });
      finish();
    },
    { exitCode: 7, report: { step: 4, errno: EBADF } },
  ),
];

const indirection: readonly SmallProgram[] = [
  make(
    'loads the first three arguments from memory',
    (p) => {
      const [fd, where, size, text] = [cell('fd'), cell('where'), cell('size'), string('eight...')];
      p.set(fd, number(1));
      p.set(where, text);
      p.set(size, number(8));
      p.call('write', [load(fd), load(where), load(size)], { what: 'show' });
      exit(p, 0);
    },
    { shows: [Buffer.from('eight...').readBigUInt64LE()] },
  ),
  make(
    // prctl(PR_SET_NO_NEW_PRIVS) answers EINVAL where its last three arguments are not 0: their addresses are not.
    'loads the third to fifth argument from memory',
    (p) => {
      const [zero, result] = [cell('zero'), cell('result')];
      p.call('prctl', [38, 1, load(zero), load(zero), load(zero)], { what: 'x', checked: false, result });
      show(p, load(result));
      p.call('prctl', [38, 1, 0, 0, address(zero.datum)], { what: 'x', checked: false, result });
      show(p, load(result));
      exit(p, 0);
    },
    { shows: [0n, unsigned(-EINVAL)] },
  ),
  make(
    // sendto(2) on a connected socket answers EISCONN, unless the length of the address is out of bounds first.
    'loads the sixth argument from memory',
    (p) => {
      const [length, result, name] = [cell('length'), cell('result'), address(buffer(16, 'name'))];
      p.set(length, number(16));
      const args = [reportFd, string('x'), 1, 0, name, load(length)];
      p.call('sendto', args, { what: 'x', checked: false, result });
      show(p, load(result));
      exit(p, 0);
    },
    { shows: [unsigned(-EISCONN)] },
  ),
];

const high = 0xfedc_ba98_7654_3210n;

/** A number that a JavaScript number can't be. */
const word = (value: bigint): Operand => {
  const content = Buffer.alloc(8);
  content.writeBigUInt64LE(unsigned(value));
  return load(at(bytes(content, `${value}`)));
};

const computations = (
  [
    ['add', 0x1_0000_0001n, 0xffff_ffffn, 0x2_0000_0000n],
    ['add', 5n, -8n, -3n],
    ['add', (1n << 64n) - 1n, 2n, 1n],
    ['and', high, 0xffff_ffffn, 0x7654_3210n],
    ['and', high, -1n << 32n, high & ~0xffff_ffffn],
    ['shr', high, 1n, high >> 1n],
    ['shr', high, 32n, high >> 32n],
    ['shr', high, 48n, high >> 48n],
    ['shr', -1n, 63n, 1n],
    ['shr', high, 0n, high],
    ['sub', 5n, 3n, 2n],
    ['sub', 3n, 5n, -2n],
    ['sub', 0n, 1n, -1n],
    ['sub', 5n, -8n, 13n],
    ['sub', 0x1_0000_0000n, 1n, 0xffff_ffffn],
    ['sub', high, high, 0n],
  ] as const
).map(([by, left, right, result]) =>
  make(
    `computes ${left} ${by} ${right} in 64 bits without sign`,
    (p) => {
      const place = cell('place');
      p.compute(place, word(left), by, word(right));
      show(p, load(place));
      exit(p, 0);
    },
    { shows: [unsigned(result)] },
  ),
);

/** Its numbers, and 0 for each that is read beyond the last. */
const readingNumbers = (title: string, text: string, numbers: readonly bigint[]) =>
  make(
    title,
    (p) => {
      const [from, value] = [cell('from'), cell('value')];
      p.set(from, string(text));
      for (const _ of numbers) {
        p.decimal(value, from);
        show(p, load(value));
      }
      exit(p, 0);
    },
    { shows: numbers },
  );

const decimals: readonly SmallProgram[] = [
  readingNumbers('reads a decimal number', '1234567890\n', [1234567890n]),
  readingNumbers('reads one number after another', '0 1\n22,333', [0n, 1n, 22n, 333n]),
  readingNumbers('passes over what is no digit', 'usage_usec 4217\nuser_usec -89/:', [4217n, 89n]),
  readingNumbers('reads 0 after the last number, again and again', 'oom_kill 7', [7n, 0n, 0n]),
  readingNumbers('reads 0 in a text without a number', 'max\n', [0n]),
  readingNumbers('reads 0 in an empty text', '', [0n]),
  readingNumbers('reads numbers of 64 bits', '18446744073709551615 9223372036854775808', [
    (1n << 64n) - 1n,
    1n << 63n,
  ]),
  readingNumbers('takes no byte above ASCII for a digit', 'é٣\u{fffd}5', [5n]),
  make(
    'reads the number of a text that was just read, as far as it goes',
    (p) => {
      const [from, value, text] = [cell('from'), cell('value'), buffer(64, 'text')];
      const ends = buffer(8, 'ends');
      const [read, write] = [cell('read'), cell('write')];
      p.call('pipe2', [address(ends), 0], { what: 'pipe' });
      p.compute(read, load(at(ends)), 'and', 0xffffffff);
      p.compute(write, load(at(ends)), 'shr', 32);
      p.call('write', [load(write), string('low 3\nhigh 12'), 13], { what: 'fill' });
      p.call('read', [load(read), address(text), 63], { what: 'read' });
      p.set(from, address(text));
      for (const _ of [0, 1, 2]) {
        p.decimal(value, from);
        show(p, load(value));
      }
      // It stands on the end of the text.
      p.compute(value, load(from), 'sub', address(text));
      show(p, load(value));
      exit(p, 0);
    },
    { shows: [3n, 12n, 0n, 13n] },
  ),
];

const jumps = (
  [
    [5n, 'eq', 5n, true],
    [5n, 'eq', 6n, false],
    [1n << 32n, 'eq', 0n, false],
    [5n, 'ne', 6n, true],
    [5n, 'ne', 5n, false],
    [1n << 32n, 'ne', 0n, true],
    [4n, 'lt', 5n, true],
    [5n, 'lt', 5n, false],
    [6n, 'lt', 5n, false],
    [-1n, 'lt', 0n, true],
    [0n, 'lt', -1n, false],
    [-5n, 'lt', -3n, true],
    [-3n, 'lt', -5n, false],
    [-(1n << 63n), 'lt', (1n << 63n) - 1n, true],
    [0xffff_ffffn, 'lt', 1n << 32n, true],
  ] as const
).map(([left, is, right, jumped]) =>
  make(
    `${jumped ? 'jumps' : 'goes on'} at ${left} ${is} ${right}`,
    (p) => {
      const target = p.label();
      p.jumpIf(word(left), is, word(right), target);
      exit(p, 10);
      p.place(target);
      exit(p, 20);
    },
    { exitCode: jumped ? 20 : 10 },
  ),
);

const loops: readonly SmallProgram[] = [
  make(
    'jumps back and forth',
    (p) => {
      const [count, sum, body, end] = [cell('count'), cell('sum'), p.label(), p.label()];
      const loop = p.here();
      p.jumpIf(load(count), 'lt', 100, body);
      p.jump(end);
      exit(p, 1);
      p.place(body);
      p.compute(count, load(count), 'add', 1);
      p.compute(sum, load(sum), 'add', load(count));
      p.jump(loop);
      p.place(end);
      show(p, load(sum));
      exit(p, 0);
    },
    { shows: [5050n] },
  ),
];

const failures: readonly SmallProgram[] = [
  make(
    'reports a failed call by its step and errno, and goes on where failures go',
    (p) => {
      const finish = catchFailures(p);
      p.call(...openMissing, { what: 'open' });
      exit(p, 1);
      finish();
    },
    { exitCode: 7, report: { step: 2, errno: ENOENT } },
  ),
  ...(['EPERM', 'EBUSY', 'EEXIST', 'ENOTDIR'] as const).map((_, place, others) =>
    make(
      `goes on after an errno that is tolerated, as number ${place + 1} of four`,
      (p) => {
        const result = cell('result');
        const finish = catchFailures(p);
        const tolerate = others.map((other, index) => (index === place ? 'ENOENT' : other));
        p.call(...openMissing, { what: 'open', tolerate, result });
        show(p, load(result));
        exit(p, 0);
        finish();
      },
      { shows: [unsigned(-ENOENT)] },
    ),
  ),
  make(
    'reports an errno that is not among those tolerated',
    (p) => {
      const finish = catchFailures(p);
      p.call(...openMissing, { what: 'open', tolerate: ['EPERM', 'EBUSY', 'EEXIST', 'ENOTDIR'] });
      exit(p, 1);
      finish();
    },
    { exitCode: 7, report: { step: 2, errno: ENOENT } },
  ),
  make(
    'fails as told, with an errno from memory',
    (p) => {
      const errno = cell('errno');
      const finish = catchFailures(p);
      const call = p.call('umask', [0], { what: 'x' });
      p.set(errno, number(EACCES));
      p.fail(load(errno), call);
      exit(p, 1);
      finish();
    },
    { exitCode: 7, report: { step: 4, errno: EACCES } },
  ),
  make(
    'takes a change of where failures go',
    (p) => {
      const [early, late] = [p.label(), p.label()];
      p.set(p.control.reportFd, number(reportFd));
      p.set(p.control.onFail, { kind: 'step', label: early });
      p.set(p.control.onFail, { kind: 'step', label: late });
      p.call('close', [999], { what: 'fails' });
      p.place(early);
      exit(p, 1);
      p.place(late);
      exit(p, 8);
    },
    { exitCode: 8, report: { step: 3, errno: EBADF } },
  ),
];

export const smallPrograms: readonly SmallProgram[] = [
  ...simple,
  ...indirection,
  ...computations,
  ...decimals,
  ...jumps,
  ...loops,
  ...failures,
];

/** Makes two processes, which QEMU's user mode can't: it lacks clone3(2). */
export const cloning = make(
  'goes on in both processes after a clone, each with memory of its own',
  (p) => {
    const [pid, status, place] = [cell('pid'), cell('status'), cell('place')];
    const parent = p.label();
    const cloneArgs = Buffer.alloc(88);
    cloneArgs.writeBigUInt64LE(17n, 32); // exit_signal: SIGCHLD
    p.set(place, number(1));
    p.call('clone3', [address(bytes(cloneArgs, 'args')), 88], { what: 'clone', result: pid });
    p.jumpIf(load(pid), 'ne', 0, parent);
    p.set(place, number(2));
    exit(p, 3);
    p.place(parent);
    p.call('wait4', [load(pid), address(status.datum), 0, NULL], { what: 'wait' });
    show(p, load(status));
    show(p, load(place));
    exit(p, 0);
  },
  { shows: [3n << 8n, 1n] },
);
