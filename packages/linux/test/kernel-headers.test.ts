import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as constants from '../src/constants.ts';
import { syscallNumbers } from '../src/syscall-numbers.ts';

const include = '/usr/include';
const here = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((each) => join(include, each)).find(existsSync);
const x64Numbers = join(here ?? '', 'asm/unistd_64.h');
const arm64Numbers = join(include, 'asm-generic/unistd.h');
const reason = 'needs the kernel’s headers (Debian: linux-libc-dev)';
const isThere = existsSync(arm64Numbers);
if (!isThere) console.warn(`skipped: ${reason}`);

/** The plain numbers that a header defines. */
function definitions(path: string): Map<string, number> {
  const text = readFileSync(path, 'latin1').replaceAll(/\/\*.*?\*\//gs, '');
  const lines = text.matchAll(/^#\s*define\s+(\w+)\s+\(?(0x[\da-fA-F]+|\d+)[uUlL]*\)?\s*$/gm);
  const shifts = text.matchAll(/^#\s*define\s+(\w+)\s+\(1[uUlL]*\s*<<\s*(\d+)\)\s*$/gm);
  return new Map([
    ...[...lines].map(([, name = '', value = '']) => [name, numberOf(value)] as const),
    ...[...shifts].map(([, name = '', bit]) => [name, 2 ** Number(bit)] as const),
  ]);
}

function numberOf(text: string): number {
  return /^0\d/.test(text) ? Number.parseInt(text, 8) : Number(text);
}

describe.runIf(isThere)('the numbers of system calls', () => {
  it.runIf(existsSync(x64Numbers))('are the kernel’s on x86-64', () => {
    const known = definitions(x64Numbers);
    for (const [name, [x64]] of Object.entries(syscallNumbers)) {
      expect(x64, name).toBe(known.get(`__NR_${name}`));
    }
  });

  it('are the kernel’s on arm64, which has the generic ones', () => {
    const known = definitions(arm64Numbers);
    for (const [name, [, arm64]] of Object.entries(syscallNumbers)) {
      expect(arm64, name).toBe(known.get(`__NR_${name}`) ?? known.get(`__NR3264_${name}`));
    }
  });
});

describe.runIf(isThere)('the constants', () => {
  const headers = ['linux', 'asm-generic', 'bits', 'sys', '.']
    .flatMap((each) => [join(include, each), join(here ?? include, each)])
    .filter((directory) => existsSync(directory))
    .flatMap((directory) =>
      readdirSync(directory)
        .filter((name) => name.endsWith('.h'))
        .map((name) => join(directory, name)),
    );
  /** All the values that a name has somewhere: of two architectures, or of two families of names. */
  const known = new Map<string, Set<number>>();
  for (const header of headers) {
    for (const [name, value] of definitions(header))
      known.set(name, (known.get(name) ?? new Set()).add(value));
  }
  const { capabilityNames: _, ...tables } = constants;

  it.each(Object.entries(tables))('of %s are the kernel’s', (_table, table) => {
    let compared = 0;
    for (const [name, value] of Object.entries(table as constants.Constants)) {
      const number = typeof value === 'object' ? value.x64 : value;
      const values = known.get(name);
      // Negative numbers and those that are written as sums are not read here.
      if (values === undefined) continue;
      expect([...values], name).toContain(number);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(Object.keys(table).length / 3);
  });

  it('of capabilities are in the kernel’s order', () => {
    const numbers = definitions(join(include, 'linux/capability.h'));
    for (const [number, name] of constants.capabilityNames.entries())
      expect(numbers.get(name), name).toBe(number);
  });
});
