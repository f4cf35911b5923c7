import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../support/print-errors.ts', import.meta.url));
const { stdout, stderr } = spawnSync(process.execPath, ['--conditions=tc-source', '--no-warnings', script], {
  encoding: 'utf8',
});
const [usage, bare, failure, call, system, bug, text, nothing, ...rest] = stderr.split('---\n');

describe('an error on stderr', () => {
  it('of the command line has a hint', () => {
    expect(usage).toBe('tctl: "rum" is not a command\n  hint: Did you mean run?\n');
  });

  it('is one line where there is no hint', () => {
    expect(bare).toBe('tctl: --memory-swap needs --memory\n');
  });

  it('names the operation, the problem and the cure', () => {
    expect(failure).toBe(
      'tctl: use /nowhere: no such directory (MOUNT_SOURCE_NOT_FOUND)\n  hint: Make it.\n',
    );
  });

  it('of a system call names the errno', () => {
    expect(call).toBe('tctl: mount proc on /proc: EPERM: operation not permitted\n  hint: Run as root.\n');
  });

  it('of the file system is no bug', () => {
    expect(system).toBe("tctl: ENOENT: no such file or directory, scandir '/nowhere'\n");
  });

  it('that is a bug says so and has a stack trace', () => {
    expect(bug).toMatch(
      /^tctl: a bug in tctl: TypeError: x is not a function\n {4}at .*print-errors\.ts:\d+/,
    );
  });

  it('that is none is printed too', () => {
    expect(text).toBe('tctl: a bug in tctl: a text that was thrown\n');
    expect(nothing).toBe('tctl: a bug in tctl: undefined\n');
    expect(rest).toEqual(['']);
  });

  it('leaves stdout alone', () => {
    expect(stdout).toBe('');
  });
});
