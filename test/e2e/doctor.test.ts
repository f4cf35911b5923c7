import { describe, expect, it } from 'vitest';
import { tctl } from './support/command.ts';

describe('tctl doctor', () => {
  it('finds that all is here that the other tests use', async () => {
    const { stdout, code } = await tctl('doctor', '--json');
    expect(code).toBe(0);
    const checks = JSON.parse(stdout) as { name: string; status: string }[];
    expect(checks.filter(({ status }) => status === 'missing')).toEqual([]);
    expect(checks.map(({ name }) => name)).toContain('terminal');
  });

  it('prints a line for each', async () => {
    const { stdout, code } = await tctl('doctor');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^CHECK +STATUS +FOUND +WHAT MENDS IT$/m);
    expect(stdout).toMatch(/^kernel +ok +Linux \d/m);
    expect(stdout).toMatch(/^cgroups +ok +(v2|v1|hybrid)/m);
  });
});
