import { expect } from 'vitest';
import type { Finished } from './command.ts';

/** A refusal that a user can read: exit code, nothing on stdout, a sentence, a hint, and no stack trace. */
export function expectRefusal(finished: Finished, message: RegExp, hint?: RegExp, code = 125): void {
  const { stderr, stdout } = finished;
  expect({ code: finished.code, stdout }, stderr).toEqual({ code, stdout: '' });
  const [first = '', ...rest] = stderr.trimEnd().split('\n');
  expect(first).toMatch(/^tctl: /);
  expect(first).toMatch(message);
  expect(stderr).not.toMatch(/^ {4}at |a bug in tctl|node:internal/m);
  if (hint === undefined) {
    expect(rest).toEqual([]);
  } else {
    expect(rest).toHaveLength(1);
    expect(rest[0]).toMatch(/^ {2}hint: /);
    expect(rest[0]).toMatch(hint);
  }
}

/** The command ran, and this is what it said. */
export function expectOutput(finished: Finished, stdout: string): void {
  expect(finished).toEqual({ code: 0, signal: null, stdout, stderr: '' });
}
