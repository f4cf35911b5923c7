import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { box, makeContainer, newDirectory, refusal, watchLeftovers } from '../support/kernel.ts';
import { type Need, requires } from '../support/requires.ts';

watchLeftovers();

const isOn = (path: string, text: RegExp) => existsSync(path) && text.test(readFileSync(path, 'utf8'));
const apparmor = isOn('/sys/module/apparmor/parameters/enabled', /^Y/);
const selinux = existsSync('/sys/fs/selinux/enforce');

function hasParser(): boolean {
  try {
    execFileSync('apparmor_parser', ['--version'], { stdio: 'ignore' });
    return existsSync('/sys/kernel/security/apparmor/.load');
  } catch {
    return false;
  }
}

const withAppArmor: Need = () => {
  if (!apparmor) return 'the kernel runs without AppArmor';
  return hasParser() ? undefined : 'there is no apparmor_parser, or no securityfs';
};
const without =
  (name: string, is: boolean): Need =>
  () =>
    is ? `the kernel runs with ${name}` : undefined;

const profileName = `tctl-test-${process.pid}`;
/** All is allowed but one file. */
const profile = `profile ${profileName} flags=(attach_disconnected,mediate_deleted) {
  file,
  network,
  capability,
  signal,
  unix,
  deny /**/forbidden w,
}
`;

function loaded(): Disposable {
  const path = join(newDirectory(), 'profile');
  writeFileSync(path, profile);
  execFileSync('apparmor_parser', ['--replace', '--skip-cache', path], { stdio: 'pipe' });
  return {
    [Symbol.dispose]: () => void execFileSync('apparmor_parser', ['--remove', path], { stdio: 'pipe' }),
  };
}

const script = 'cat /proc/self/attr/current; echo x >/tmp/allowed && echo written; echo x >/tmp/forbidden';

describe('an AppArmor profile', () => {
  it('holds the command, and what joins it, with init and without', async (context) => {
    requires(context, withAppArmor);
    using _ = loaded();
    for (const init of [false, true]) {
      const { stdout, stderr } = await box(script, { apparmor: profileName, init });
      expect(stdout).toBe(`${profileName} (enforce)\nwritten\n`);
      expect(stderr).toMatch(/Permission denied/);
    }
    await using container = await makeContainer('sleep 60', { apparmor: profileName });
    await container.start();
    const { stdout, stderr } = await container.exec(['sh', '-c', script], { user: '1000:1000' });
    expect(stdout).toBe(`${profileName} (enforce)\nwritten\n`);
    expect(stderr).toMatch(/Permission denied/);
  });

  it('holds in a user namespace too', async (context) => {
    requires(context, withAppArmor);
    using _ = loaded();
    const { stdout } = await box(script, {
      apparmor: profileName,
      namespaces: { user: { uidMap: '0 0 65536', gidMap: '0 0 65536' } },
    });
    expect(stdout).toMatch(`${profileName} (enforce)\nwritten\n`);
  });

  it('must be known to the kernel', async (context) => {
    requires(context, withAppArmor);
    expect(await refusal(box('true', { apparmor: 'tctl-none' }))).toMatchObject({ code: 'LABEL_REFUSED' });
  });

  it('is refused where the kernel has no AppArmor, and unconfined is not', async (context) => {
    requires(context, without('AppArmor', apparmor));
    expect(await refusal(box('true', { apparmor: 'docker-default' }))).toMatchObject({
      code: 'LABEL_UNSUPPORTED',
    });
    expect(await box('true', { apparmor: 'unconfined' })).toMatchObject({ exitCode: 0 });
  });
});

describe('an SELinux label', () => {
  const label = 'system_u:system_r:container_t:s0:c1,c2';

  it('is refused where the kernel has no SELinux, and none is not', async (context) => {
    requires(context, without('SELinux', selinux));
    expect(await refusal(box('true', { selinux: label }))).toMatchObject({ code: 'LABEL_UNSUPPORTED' });
    expect(await box('true', { selinux: 'disable' })).toMatchObject({ exitCode: 0 });
  });

  it.each(['', 'a\nb', 'a\0b', 'x'.repeat(4001)])('is no label where it has %j', async (selinux) => {
    expect(await refusal(box('true', { selinux }))).toMatchObject({ code: 'INVALID_OPTION' });
    expect(await refusal(box('true', { apparmor: selinux }))).toMatchObject({ code: 'INVALID_OPTION' });
  });
});
