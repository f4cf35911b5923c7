import { TcError } from '@tc/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseEverywhere, parseOptions } from '../../src/cli/options.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { toKeptOptions, toRunOptions } from '../../src/commands/to-run-options.ts';
import { runOptions } from '../../src/table/run-options.ts';

const names = Object.keys(runOptions);
const values = [
  '64m',
  '5',
  '-1',
  'a=b',
  '/x:/y:ro',
  'type=bind,source=/x,target=/y',
  'seccomp=unconfined',
  '',
];
const word = fc.oneof(
  fc.constantFrom(
    ...names.map((name) => `--${name}`),
    '-it',
    '-dm',
    '-m',
    '--',
    '-',
    '-h',
    '--no-such',
    '---',
  ),
  fc.constantFrom(...names, ...names.map((name) => `--${name}=`)).map((name) => `${name}5`),
  fc.constantFrom(...values),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const args = fc.array(word, { maxLength: 12 });

it('arguments of any kind are understood or refused with a sentence', () => {
  fc.assert(
    fc.property(args, fc.constantFrom(parseOptions, parseEverywhere), (all, parse) => {
      try {
        const { values: found } = parse(runOptions, all);
        toRunOptions(found);
        toKeptOptions(found);
      } catch (error) {
        if (!(error instanceof UsageError || error instanceof TcError)) throw error;
        expect(error.message).not.toBe('');
      }
    }),
    { numRuns: 10_000 },
  );
});
