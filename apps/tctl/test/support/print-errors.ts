/** Prints errors of each kind as tctl does, each followed by a line of dashes. Run by print-error.test.ts. */
import { readdirSync, writeSync } from 'node:fs';
import { SyscallError, TcError } from '@tc/core';
import { printError } from '../../src/cli/print-error.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

function thrownBy(act: () => void): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

const errors = [
  new UsageError('"rum" is not a command', 'Did you mean run?'),
  new UsageError('--memory-swap needs --memory'),
  new TcError('no such directory', {
    code: 'MOUNT_SOURCE_NOT_FOUND',
    operation: 'use /nowhere',
    hint: 'Make it.',
  }),
  new SyscallError({ call: 'mount', errno: 1, operation: 'mount proc on /proc', hint: 'Run as root.' }),
  thrownBy(() => readdirSync('/nowhere')),
  new TypeError('x is not a function'),
  'a text that was thrown',
  undefined,
];
for (const error of errors) {
  printError(error);
  writeSync(2, '---\n');
}
