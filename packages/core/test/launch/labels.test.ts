import { describe, expect, it } from 'vitest';
import { compileLaunch } from '../../src/launch/compile.ts';
import { explainSteps } from '../../src/launch/explain.ts';
import { makeSpec } from './specs.ts';

const calls = (process: Parameters<typeof makeSpec>[0]) =>
  explainSteps(compileLaunch(makeSpec(process))).map(({ call, what }) => `${what}: ${call}`);

describe('labels of security modules', () => {
  const text = calls({ process: { apparmorProfile: 'web', selinuxLabel: 'u:r:t:s0' } });
  const at = (part: string) => text.findIndex((each) => each.includes(part));

  it('are written to the process’s own files, AppArmor’s where there is one', () => {
    expect(text).toEqual(
      expect.arrayContaining([
        expect.stringContaining('"/proc/thread-self/attr/apparmor/exec"'),
        expect.stringMatching(/^set the AppArmor profile web: write\(.*"exec web", 8\)/),
        expect.stringMatching(/^set the SELinux label u:r:t:s0: write\(.*"u:r:t:s0", 8\)/),
      ]),
    );
  });

  it('are written before anything of the container is mounted or joined', () => {
    expect(at('set the SELinux label')).toBeGreaterThan(-1);
    expect(at('set the SELinux label')).toBeLessThan(at('make all mounts private'));
    expect(at('set the AppArmor profile')).toBeLessThan(at('make all mounts private'));
  });

  it('are left alone where none is asked for', () => {
    expect(calls({}).some((each) => each.includes('/attr/'))).toBe(false);
  });
});
