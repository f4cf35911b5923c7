import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { supervisorsOf, traces } from '../support/leftovers.ts';
import { requires } from '../support/requires.ts';
import { hostRoot } from '../support/rootfs.ts';
import { environment, start, startCommand, tctl, tctlPath } from './support/command.ts';
import { expectOutput, expectRefusal } from './support/expectations.ts';
import { newHome, readableByOthers, tctlAsNobody } from './support/nobody.ts';
import { newDirectory, newName, runtimeDirectory } from './support/suite.ts';
import { until } from './support/until.ts';

const limits = ['-m', '64m', '--pids', '20', '--cpus', '0.5'];

describe('--dry-run', () => {
  it('prints the program to stdout, and stops', async () => {
    const directory = newDirectory();
    const volume = ['-v', `${directory}:/mnt/v`];
    const finished = await tctl('run', '--dry-run', ...limits, ...volume, 'host', 'touch', '/mnt/v/file');
    const { code, stdout, stderr } = finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^Namespaces: .*^File system: .*^Cgroups: .*^Privileges: .*^Start$.*^Supervisor: /ms,
    );
    expect(stdout).toContain('"touch"');
    expect(readdirSync(directory)).toEqual([]);
  });

  it('prints what --explain prints', async () => {
    const options = ['--name', newName(), ...limits, 'host', 'true'];
    const [dry, explained] = [
      await tctl('run', '--dry-run', ...options),
      await tctl('run', '--explain', ...options),
    ];
    const timeless = (text: string) => text.trimEnd().replace(/createdAtMs\\":\d+/, '');
    expect(timeless(explained.stderr)).toBe(timeless(dry.stdout));
  });

  it('goes before --explain', async () => {
    const { stdout, stderr } = await tctl('run', '--dry-run', '--explain', 'host', 'echo', 'ran');
    expect(stdout).toMatch(/^Namespaces/);
    expect(stdout).not.toMatch(/^ran$/m);
    expect(stderr).toBe('');
  });

  it('refuses what a run refuses', async () => {
    expectRefusal(await tctl('run', '--dry-run', '-m', '64q', 'host', 'true'), /"64q" is not a size/, /64m/);
    expectRefusal(await tctl('run', '--dry-run', 'ubuntu', 'true'), /no such image/, /host/);
  });

  it('makes no runtime directory', async () => {
    const directory = join(newDirectory(), 'run');
    const env = environment({ TCTL_RUNTIME_DIR: directory });
    const { code } = await startCommand([tctlPath, 'run', '--dry-run', ...limits, 'host', 'true'], { env })
      .ended;
    expect(code).toBe(0);
    expect(readdirSync(join(directory, '..'))).toEqual([]);
    rmSync(join(directory, '..'), { recursive: true });
  });

  it('leaves an abandoned container to the next run', async () => {
    const name = newName();
    const started = start(['run', '--name', name, '-m', '64m', 'host', 'sh', '-c', 'echo up; sleep 1005']);
    await until(
      () => started.stdout() === 'up\n',
      () => started.stderr(),
    );
    for (const pid of supervisorsOf(name)) process.kill(pid, 'SIGKILL');
    await started.ended;
    const before = [...traces(runtimeDirectory)].filter((line) => line.includes(name));
    expect(before.length).toBeGreaterThan(1);
    expect((await tctl('run', '--dry-run', 'host', 'true')).code).toBe(0);
    const after = [...traces(runtimeDirectory)].filter((line) => line.includes(name));
    expectOutput(await tctl('run', 'host', 'true'), '');
    expect(after).toEqual(before);
  });
});

describe('--dry-run as an ordinary user', () => {
  const needs = (context: TestContext) => requires(context, readableByOthers);

  it('prints the program of a root directory, limits and all, and writes nothing', async (context) => {
    needs(context);
    const home = newHome();
    const args = ['run', '--dry-run', ...limits, '--rootfs', hostRoot, '--read-only', 'true'];
    const { code, stdout, stderr } = await tctlAsNobody(home, ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Namespaces: .*^Cgroups: .*67108864.*^Privileges: /ms);
    expect(stdout).toContain('CLONE_NEWUSER');
    expect(readdirSync(home)).toEqual([]);
  });

  it('prints the program of the host image, and makes no more than the image', async (context) => {
    needs(context);
    const home = newHome();
    const { code, stdout, stderr } = await tctlAsNobody(home, 'run', '--dry-run', ...limits, 'host', 'true');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(join(home, '.local/share/tctl/images/host'));
    expect(readdirSync(home)).toEqual(['.local']);
  });

  it('says where its image could go when there is no place', async (context) => {
    needs(context);
    const finished = await tctlAsNobody('/no-home', 'run', '--dry-run', 'host', 'true');
    expectRefusal(finished, /make the host image/, /TCTL_DATA_DIR/);
  });
});
