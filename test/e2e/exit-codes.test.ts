import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { controller, requires, tool } from '../support/requires.ts';
import { hostRoot } from '../support/rootfs.ts';
import { tctl } from './support/command.ts';
import { expectRefusal } from './support/expectations.ts';
import { newDirectory } from './support/suite.ts';

describe('the exit code', () => {
  it.each([0, 1, 2, 42, 100, 124, 125, 126, 127, 128, 130, 137, 200, 255])(
    'is the command’s own: %d',
    async (code) => {
      const finished = await tctl('run', 'host', 'sh', '-c', `echo out; echo err >&2; exit ${code}`);
      expect(finished).toEqual({ code, signal: null, stdout: 'out\n', stderr: 'err\n' });
    },
  );

  it('is 127 where the command is not there', async () => {
    expectRefusal(
      await tctl('run', 'host', 'no-such-command'),
      /no-such-command.*ENOENT/,
      /not in the root/,
      127,
    );
    expectRefusal(await tctl('run', 'host', '/no/such/command'), /\/no\/such\/command.*ENOENT/, /./, 127);
  });

  it('is 126 where the command can’t be executed', async () => {
    const source = newDirectory();
    writeFileSync(join(source, 'text'), 'no program', { mode: 0o755 });
    writeFileSync(join(source, 'plain'), '#!/bin/sh\n', { mode: 0o644 });
    expectRefusal(await tctl('run', 'host', '/etc/passwd'), /\/etc\/passwd.*EACCES/, /executable/, 126);
    expectRefusal(await tctl('run', 'host', '/usr'), /\/usr.*EACCES/, /executable/, 126);
    const volume = ['-v', `${source}:/mnt/x`];
    expectRefusal(await tctl('run', ...volume, 'host', '/mnt/x/plain'), /EACCES/, /executable/, 126);
    expectRefusal(
      await tctl('run', ...volume, 'host', '/mnt/x/text'),
      /ENOEXEC/,
      /script starts with #!/,
      126,
    );
  });

  it.each([
    ['KILL', 137],
    ['TERM', 143],
    ['SEGV', 139],
    ['ABRT', 134],
  ])('of a shell is 128 + n where SIG%s ends its child', async (signal, code) => {
    const { code: actual } = await tctl('run', 'host', 'sh', '-c', `sh -c 'kill -${signal} $$'; exit $?`);
    expect(actual).toBe(code);
  });

  it('is 128 + 9 where the timeout ends it, and the reason is told', async () => {
    const begin = performance.now();
    const finished = await tctl('run', '--timeout', '300ms', 'host', 'sh', '-c', 'echo begun; sleep 100');
    expect(finished).toEqual({
      code: 137,
      signal: null,
      stdout: 'begun\n',
      stderr: 'tctl: killed after its timeout of 300ms\n',
    });
    expect(performance.now() - begin).toBeGreaterThanOrEqual(300);
  });

  it('is 128 + n where a signal ends the first process itself', async (context) => {
    requires(context, tool('perl'));
    // A fault reaches even the first process of a PID namespace, which ignores what others send.
    const fault = 'unpack "p", pack "J", 1';
    const { code, stdout } = await tctl('run', '--rootfs', hostRoot, '--read-only', 'perl', '-e', fault);
    expect({ code, stdout }).toEqual({ code: 139, stdout: '' });
  });

  it('is 137 where the memory limit ends it, and the reason is told', async (context) => {
    requires(context, controller('memory'));
    const finished = await tctl('run', '-m', '16m', 'host', 'tail', '/dev/zero');
    expect(finished.code).toBe(137);
    expect(finished.stdout).toBe('');
    expect(finished.stderr).toMatch(/^tctl: out of memory: .* limit of 16m$/m);
  });

  it('is not changed by a timeout that was long enough', async () => {
    const finished = await tctl('run', '--timeout', '30s', 'host', 'sh', '-c', 'exit 5');
    expect(finished).toEqual({ code: 5, signal: null, stdout: '', stderr: '' });
  });
});
