import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { environment, type Finished, repository, startCommand } from './support/command.ts';
import './support/suite.ts';

/** As a reader runs it, who follows its first line. */
function runExample(name: string): Promise<Finished> {
  return startCommand([process.execPath, join('examples', name)], { cwd: repository, env: environment() })
    .ended;
}

/**
 * What is to be run of examples/ and below: what they share begins with an underscore, and containers-from-scratch has
 * a test of its own.
 */
const examples = readdirSync(join(repository, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter(
    (name) => /\.(ts|mjs|js)$/.test(name) && !/(^|\/)_|node_modules|\.d\.ts$|^containers-from-/.test(name),
  )
  .sort();

/** The whole output. */
const expected: Readonly<Record<string, RegExp>> = {
  'first-container.ts': /^[0-9a-f]{12}\n.*I am process 1\n 0 exit \d+\n$/s,
  'judge-submission.ts': new RegExp(
    [
      '^adds the numbers +AC, accepted +\\d+ ms CPU, [\\d.]+ MiB',
      'multiplies them +WA, wrong answer .*',
      'fails on purpose +RE, runtime error .*',
      'works for ever +TLE, time limit exceeded +[5-9]\\d\\d ms CPU.*',
      'waits for ever +TLE, time limit exceeded +\\d\\d? ms CPU.*',
      'eats all memory +MLE, memory limit exceeded .*, 3[12].\\d MiB',
      'never stops talking +OLE, output limit exceeded .*',
      'starts processes +RE, runtime error: fork refused .*\n$',
    ].join('\\n'),
  ),
  'parallel-tests.ts': /^(ok {3}.*, \d+ ms\n){7}7 tests, 0 failed: \d+ ms of tests in \d+ ms\n$/,
  'run-generated-code.ts': new RegExp(
    [
      '^it said: 30 lines written',
      'it ended by timeout after 1\\d\\d\\d ms',
      'of it there are still 0 processes',
      'collected 3 files, \\d+ bytes',
      '  reports/largest.txt: file, 21 bytes ',
      '  reports/looks-harmless: link, 11 bytes /etc/passwd\n$',
    ].join('\\n'),
  ),
  'service.ts': new RegExp(
    [
      '^[\\d.]+ start pid \\d+',
      '[\\d.]+ exit exit code 1',
      '[\\d.]+ start pid \\d+',
      '[\\d.]+ exit exit code 1',
      '[\\d.]+ start pid \\d+',
      '[\\d.]+ exit exit code 0',
      '',
      'service-\\d+ is exited: exit 0. What it said:',
      '[\\d.]+ stdout run 1: ready',
      '[\\d.]+ stderr run 1: the database is gone',
      '[\\d.]+ stdout run 2: ready',
      '[\\d.]+ stderr run 2: the database is gone',
      '[\\d.]+ stdout run 3: ready',
      '[\\d.]+ stdout run 3: closes its files\n$',
    ].join('\\n'),
  ),
  'warm-pool.ts':
    /^(cold|warm): [\d.]+ ms until the answer is there \(median of 20; the best [\d.]+ ms\)\n(?!\1)(cold|warm): .*\n$/,
};

describe('the examples', () => {
  it('are those that the documentation names', () => {
    expect(examples).toEqual(expect.arrayContaining(Object.keys(expected)));
    const page = readFileSync(join(repository, 'docs/core.md'), 'utf8');
    for (const name of Object.keys(expected)) expect(page).toContain(`examples/${name}`);
  });

  it.each(Object.keys(expected))('can be read at a glance: %s has at most 40 lines', (name) => {
    const text = readFileSync(join(repository, 'examples', name), 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
    expect(text.startsWith('// ')).toBe(true);
  });

  // That nothing is left of it is checked after each test.
  it.each(examples)('run, and print what they are about: %s', async (name) => {
    const { code, stdout, stderr } = await runExample(name);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(expected[name] ?? /./);
  });
});
