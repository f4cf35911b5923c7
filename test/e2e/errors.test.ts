import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cgroupMode } from '../support/requires.ts';
import { start, tctl } from './support/command.ts';
import { expectRefusal } from './support/expectations.ts';
import { directory, newName } from './support/suite.ts';
import { until } from './support/until.ts';

const missing = join(directory, 'nowhere');
const usage = /tctl run \[OPTIONS\] \(IMAGE \| --rootfs DIR\) \[COMMAND\]/;

describe('tctl run says what is wrong, and what to do', () => {
  it.each<[string, string[], RegExp, RegExp | undefined]>([
    ['no image', [], /the image is missing/, usage],
    ['no command', ['host'], /the command is missing/, /none of its own: tctl run host sh/],
    ['no command after --rootfs', ['--rootfs', '/'], /the command is missing/, usage],
    ['an empty command', ['host', ''], /the command is empty/, /./],
    [
      'an image that there is not',
      ['--pull', 'never', 'ubuntu', 'true'],
      /image ubuntu: no such image/,
      /host.*--rootfs DIR/,
    ],
    ['an unknown option', ['--memry', '64m', 'host', 'true'], /--memry/, /Did you mean --memory\?/],
    ['an unknown short option', ['-x', 'host', 'true'], /-x/, /--help lists/],
    ['an option without its value', ['-m'], /-m.*missing/, /--OPTION=VALUE/],
    ['a size that is none', ['-m', '64q', 'host', 'true'], /memory: "64q" is not a size/, /512k, 64m, 1.5g/],
    ['a number that is none', ['--cpus', 'x', 'host', 'true'], /--cpus takes a number, not "x"/, undefined],
    [
      'a network that there is not',
      ['--network', 'bridge', 'host', 'true'],
      /--network takes none, host or container:NAME/,
      /no bridge yet/,
    ],
    [
      'a duration that is none',
      ['--timeout', '5parsecs', 'host', 'true'],
      /"5parsecs" is not a duration/,
      /5s, 1.5m/,
    ],
    [
      'a root that is not there',
      ['--rootfs', missing, 'true'],
      /nowhere: no such directory/,
      /root file system/,
    ],
    ['a root that is a file', ['--rootfs', '/etc/passwd', 'true'], /passwd: not a directory/, /archive/],
    ['a mount that is none', ['-v', '/etc', 'host', 'true'], /mount \/etc: not a mount/, /SOURCE:TARGET:ro/],
    [
      'a mount of nothing',
      ['-v', `${missing}:/x`, 'host', 'true'],
      /nowhere does not exist/,
      /Make the directory/,
    ],
    [
      'a mount onto a relative path',
      ['-v', '/etc:x', 'host', 'true'],
      /"x" can't be a mount point/,
      /absolute/,
    ],
    ['a mount onto the root', ['-v', '/etc:/', 'host', 'true'], /"\/" can't be a mount point/, /absolute/],
    [
      'a relative working directory',
      ['-w', 'rel', 'host', 'true'],
      /"rel" is not absolute/,
      /starts with \//,
    ],
    ['a name that is none', ['--name', 'a/b', 'host', 'true'], /"a\/b" is not a name/, /letters, digits/],
    ['a host name that is too long', ['-h', 'a'.repeat(65), 'host', 'true'], /is not a host name/, /1 to 64/],
    ['a user by name', ['-u', 'bob', 'host', 'true'], /no user "bob" in its \/etc\/passwd/, /uid:gid/],
    ['a variable without a name', ['-e', '=x', 'host', 'true'], /"" is not a variable/, /"="/],
    ['limits without cgroups', ['--cgroups', 'disabled', '-m', '64m', 'host', 'true'], /need cgroups/, /./],
    [
      'swap without memory',
      ['--memory-swap', '64m', 'host', 'true'],
      /--memory-swap needs --memory/,
      undefined,
    ],
  ])('about %s', async (_, args, message, hint) => {
    expectRefusal(await tctl('run', ...args), message, hint);
  });

  it.runIf(cgroupMode !== 'v2')('about a limit that this host can’t enforce', async () => {
    const finished = await tctl('run', '--memory-high', '8m', 'host', 'true');
    expectRefusal(finished, /memoryHigh: cgroup v1 has no such limit/, /cgroup v2/);
  });

  it('about a cgroup parent that is not there', async () => {
    expectRefusal(
      await tctl('run', '--cgroup-parent', newName(), 'host', 'true'),
      /ENOENT|no such|not exist/i,
      /./,
    );
  });

  it('about a memory limit that is below what the start takes', async () => {
    expectRefusal(
      await tctl('run', '-m', '4k', 'host', 'true'),
      /memory: "4k" is not allowed/,
      /At least 64k/,
    );
  });

  it('about a name that is taken', async () => {
    const name = newName();
    const first = start(['run', '--name', name, 'host', 'sh', '-c', 'echo ready; read line'], {
      stdio: 'pipe',
    });
    await until(
      () => first.stdout() === 'ready\n',
      () => 'the first container runs',
    );
    expectRefusal(await tctl('run', '--name', name, 'host', 'true'), new RegExp(name), /./);
    first.process.stdin?.end('\n');
    expect((await first.ended).code).toBe(0);
  });

  it('before it does anything', async () => {
    // The option is wrong and the image is missing: the option counts, as nothing of the rest was looked at.
    expectRefusal(await tctl('run', '--nosuch', 'ubuntu', 'true'), /--nosuch/, /--help/);
  });
});

describe('a name that a container has', () => {
  it('is told with who has it, whether that was made to stay or runs in the foreground', async () => {
    const name = newName();
    const running = start(['run', '-i', '--name', name, 'host', 'sh', '-c', 'echo up; read line'], {
      stdio: 'pipe',
    });
    const again = (...args: string[]) => tctl(...args, '--name', name, 'host', 'true');
    const hint = /remove or rename that container/;
    try {
      await until(
        () => running.stdout().includes('up'),
        () => 'it runs',
      );
      const ofForeground = new RegExp(`name the container ${name}: the name is in use by container ${name} `);
      expectRefusal(await again('run'), ofForeground, hint);
      expectRefusal(await again('create'), ofForeground, hint);
    } finally {
      running.process.stdin?.end('\n');
      await running.ended;
    }
    const { stdout } = await again('create');
    const ofOther = new RegExp(`the name is in use by container ${stdout.trim()} \\(CONTAINER_EXISTS\\)`);
    expectRefusal(await again('run'), ofOther, hint);
    expectRefusal(await again('run', '-d'), ofOther, hint);
    expectRefusal(await again('create'), ofOther, hint);
    await tctl('rm', name);
  });
});
