/** Makers of operands and data: numbers with names, strings, structs. All in strace's notation. */
import { type Constants, type Num, TcError } from '@tc/linux';
import type { Architecture } from './interpreter/bytes.ts';
import type { Datum, Operand, Place } from './program.ts';

export function number(value: Num, text?: string): Operand {
  return text === undefined ? { kind: 'number', value } : { kind: 'number', value, text };
}

export const NULL = number(0, 'NULL');

/** `flags(cloneFlags, 'CLONE_NEWNS', 'CLONE_NEWPID')`: the union of named constants; none is 0. */
export function flags<T extends Constants>(table: T, ...names: readonly (keyof T & string)[]): Operand {
  let [x64, arm64] = [0, 0];
  for (const name of names) {
    const value: Num | undefined = table[name];
    // Added, not ored: the bits differ, and JavaScript's operators stop at 32 of them.
    x64 += Number(typeof value === 'object' ? value.x64 : value);
    arm64 += Number(typeof value === 'object' ? value.arm64 : value);
  }
  return number(x64 === arm64 ? x64 : { x64, arm64 }, names.join('|') || '0');
}

/** A NUL-terminated string, passed by address. */
export function string(text: string): Operand {
  if (text.includes('\0')) {
    throw new TcError(`${JSON.stringify(text)} contains a NUL character`, {
      code: 'INVALID_ARGUMENT',
      operation: 'compile the launch program',
      hint: 'The kernel would end the text there: remove it.',
    });
  }
  return address({ size: Buffer.byteLength(text) + 1, content: { string: text } });
}

export function bytes(content: Uint8Array, text: string, arch?: Architecture): Datum {
  const own = arch === undefined ? { bytes: content } : { bytes: content, arch };
  return { text, size: content.length, content: own };
}

/** 8-byte words: structs whose fields are all u64, pointer arrays. */
export function words(content: readonly Operand[], text: string): Datum {
  return { text, size: content.length * 8, content: { words: content } };
}

/** Zeroed memory that the kernel or a step fills in. */
export function buffer(size: number, text: string): Datum {
  return { text, size, content: 'zeroed' };
}

/** A file descriptor, a pid, a counter: 8 bytes that a step fills in. Printed as its name. */
export function cell(name: string): Place {
  return at(buffer(8, name));
}

/** A file descriptor that is not open yet. */
export function descriptor(name: string): Place {
  return at(words([number(-1)], name));
}

export function at(datum: Datum, offset = 0): Place {
  return { datum, offset };
}

export function address(datum: Datum, offset = 0): Operand {
  return { kind: 'address', place: { datum, offset } };
}

export function load(place: Place): Operand {
  return { kind: 'value', place };
}

/** A NULL-terminated array of strings, as execve(2) takes. */
export function stringArray(items: readonly string[], text: string): Operand {
  return address(words([...items.map(string), NULL], text));
}
