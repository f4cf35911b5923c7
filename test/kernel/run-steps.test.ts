import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { executeCommand, flags, NULL, number, runSteps, string } from '@tc/core/launch';
import { cloneFlags } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { controlFd } from '../../packages/core/src/launch/protocol.ts';
import { newDirectory, watchLeftovers } from '../support/kernel.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

const shell = (script: string) => ({ argv: ['sh', '-c', script], env: ['PATH=/usr/bin:/bin'] });

describe('system calls of one’s own', () => {
  it('are made in a process of their own, and tell how it ended', async () => {
    expect(await runSteps((p) => executeCommand(p, shell('exit 3')))).toEqual({
      exitCode: 3,
      signal: undefined,
    });
    expect(await runSteps((p) => executeCommand(p, shell('kill -TERM $$')))).toEqual({
      exitCode: undefined,
      signal: 'SIGTERM',
    });
    expect(await runSteps(() => {})).toEqual({ exitCode: 0, signal: undefined });
  });

  it('change nothing outside of it', async () => {
    const before = readFileSync('/proc/sys/kernel/hostname', 'utf8');
    const file = join(newDirectory(), 'name');
    await runSteps((p) => {
      p.call('unshare', [flags(cloneFlags, 'CLONE_NEWUTS')], { what: 'make a UTS namespace' });
      p.call('sethostname', [string('other'), 5], { what: 'set the hostname' });
      executeCommand(p, shell(`hostname >${file}`));
    });
    expect(readFileSync(file, 'utf8')).toBe('other\n');
    expect(readFileSync('/proc/sys/kernel/hostname', 'utf8')).toBe(before);
  });

  it('say which one failed, and why', async () => {
    const failing = runSteps((p) => {
      p.call('chdir', [string('/')], { what: 'go home' });
      p.call('mount', [NULL, string('/nonexistent'), string('tmpfs'), 0, NULL], { what: 'mount nothing' });
      p.call('exit_group', [number(0)], { what: 'never get here' });
    });
    await expect(failing).rejects.toMatchObject({ operation: 'mount nothing', errnoName: 'ENOENT' });
    const unknown = runSteps((p) => executeCommand(p, { argv: ['nonexistent'], env: [] }));
    await expect(unknown).rejects.toMatchObject({ code: 'COMMAND_NOT_FOUND' });
  });

  it('don’t have the socket that tells how they ended', async () => {
    const file = join(newDirectory(), 'descriptors');
    await runSteps((p) => executeCommand(p, shell(`ls /proc/$$/fd >${file}`)));
    expect(readFileSync(file, 'utf8').split('\n')).not.toContain(String(controlFd));
  });

  it('end with the process that asked for them', async () => {
    const file = join(newDirectory(), 'pid');
    const script = `
      import { executeCommand, runSteps } from '@tc/core/launch';
      await runSteps((p) => executeCommand(p, { argv: ['/bin/sh', '-c', 'echo $$ >${file}; exec sleep 1000'], env: [] }));`;
    const caller = spawn(
      process.execPath,
      ['--conditions=tc-source', '--input-type=module-typescript', '--no-warnings', '--eval', script],
      { stdio: 'inherit', cwd: join(import.meta.dirname, '../..') },
    );
    const started = () => {
      try {
        return Number(readFileSync(file, 'utf8'));
      } catch {
        return 0;
      }
    };
    await expect.poll(started, { timeout: scaled(20_000) }).toBeGreaterThan(0);
    const pid = started();
    caller.kill('SIGKILL');
    const isThere = () => {
      try {
        return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
      } catch {
        return false;
      }
    };
    await expect.poll(isThere, { timeout: scaled(20_000) }).toBe(false);
  });
});
