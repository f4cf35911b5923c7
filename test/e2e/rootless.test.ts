import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { requires } from '../support/requires.ts';
import { expectOutput, expectRefusal } from './support/expectations.ts';
import {
  newHome,
  readableByOthers,
  tctlAsNobody,
  tctlAsNobodyReading,
  userNamespaces,
} from './support/nobody.ts';
import { newName } from './support/suite.ts';

const needs = (context: TestContext) => requires(context, readableByOthers, userNamespaces);

/** What is left of the user's containers in its runtime directory, which may stay itself. */
function state(home: string): string[] {
  const directory = join(home, 'run/tctl');
  return existsSync(directory) ? readdirSync(directory).filter((name) => !name.startsWith('.')) : [];
}

describe('an ordinary user', () => {
  it('is root inside, and only there', async (context) => {
    needs(context);
    const home = newHome();
    const script = 'id -u; id -g; tr -s " " </proc/self/uid_map; touch /file && stat -c %u /file';
    expectOutput(await tctlAsNobody(home, 'run', 'host', 'sh', '-c', script), '0\n0\n 0 65534 1\n0\n');
    expect(state(home)).toEqual([]);
  });

  it('has namespaces of its own', async (context) => {
    needs(context);
    const script = 'hostname; echo $$; ls /sys/class/net; ps -eo pid= | wc -l';
    const finished = await tctlAsNobody(newHome(), 'run', '-h', 'box', 'host', 'sh', '-c', script);
    expectOutput(finished, 'box\n1\nlo\n3\n');
  });

  it('gets the exit codes that root gets', async (context) => {
    needs(context);
    const home = newHome();
    expect((await tctlAsNobody(home, 'run', 'host', 'sh', '-c', 'exit 42')).code).toBe(42);
    expectRefusal(await tctlAsNobody(home, 'run', 'host', 'nosuch'), /ENOENT/, /./, 127);
    expectRefusal(await tctlAsNobody(home, 'run', 'host', '/etc/passwd'), /EACCES/, /./, 126);
    expect((await tctlAsNobody(home, 'run', '--timeout', '200ms', 'host', 'sleep', '9')).code).toBe(137);
    expect(state(home)).toEqual([]);
  });

  it('writes as itself to what it mounts', async (context) => {
    needs(context);
    const home = newHome();
    const { code } = await tctlAsNobody(home, 'run', '-v', `${home}:/mnt/h`, 'host', 'touch', '/mnt/h/made');
    expect(code).toBe(0);
    expect(readdirSync(home)).toContain('made');
  });

  it('types what comes through a pipe of somebody else', async (context) => {
    needs(context);
    const [home, name] = [newHome(), newName()];
    const script = 'read line; echo "got $line"';
    expect((await tctlAsNobody(home, 'run', '-di', '--name', name, 'host', 'sh', '-c', script)).code).toBe(0);
    expectOutput(await tctlAsNobodyReading('typed', home, 'attach', name), 'got typed\n');
    await tctlAsNobody(home, 'rm', name);
  });

  it('sees a first container by npm start, with limits or without', async (context) => {
    needs(context);
    const { code, stdout, stderr } = await tctlAsNobody(newHome(), 'demo');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Running sh in a container, without limits: tctl doctor says /m);
    expect(stdout).toMatch(/UTS namespace\)\nmy-container\n/);
  });

  it('hears why a container without cgroups can be neither paused nor limited', async (context) => {
    needs(context);
    const home = newHome();
    const name = newName();
    expect((await tctlAsNobody(home, 'run', '-d', '--name', name, 'host', 'sleep', 'infinity')).code).toBe(0);
    try {
      for (const words of [['pause'], ['update', '-m', '64m']])
        expectRefusal(
          await tctlAsNobody(home, ...words, name),
          /it runs without cgroups/,
          /cgroup of its own.*tctl doctor/,
          1,
        );
    } finally {
      expect((await tctlAsNobody(home, 'rm', '-f', name)).code).toBe(0);
    }
    expect(state(home)).toEqual([]);
  });

  const limits = [
    ['-m', '64m'],
    ['--pids', '20'],
    ['--cpus', '0.5'],
  ] as const;
  for (const [option, value] of limits) {
    it(`can set no limit without a cgroup of its own, and hears which: ${option}`, async (context) => {
      needs(context);
      const home = newHome();
      const finished = await tctlAsNobody(home, 'run', option, value, 'host', 'true');
      expectRefusal(finished, /set limits: /, /systemd-run|[Aa]s root|cgroup v2/);
      expect(state(home)).toEqual([]);
    });
  }

  it('can’t do without the user namespace, and hears so', async (context) => {
    needs(context);
    const home = newHome();
    expectRefusal(
      await tctlAsNobody(home, 'run', '--userns', 'host', 'host', 'true'),
      /EPERM/,
      /user namespace/,
    );
    expect(state(home)).toEqual([]);
  });

  it('can become nobody else inside, and hears why', async (context) => {
    needs(context);
    const finished = await tctlAsNobody(newHome(), 'run', '-u', '1:0', 'host', 'true');
    expectRefusal(finished, /set the user: 1:0 is not mapped/, /usermod --add-subuids|apt install uidmap/);
  });
});
