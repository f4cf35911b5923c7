import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type OciState, OciStore, startTimeOf } from '../../src/oci/container-state.ts';
import { updateOci } from '../../src/oci/update.ts';

it.each([
  ['a quota', { quota: 40_000 }, '20000 50000', '40000 50000'],
  ['a period', { period: 80_000 }, '20000 50000', '20000 80000'],
  ['a period, where there is no quota', { period: 80_000 }, 'max 100000', 'max 80000'],
  ['both', { quota: -1, period: 90_000 }, '20000 50000', 'max 90000'],
])('changes %s in cpu.max, and leaves the other half as it is', async (_, cpu, before, after) => {
  const root = mkdtempSync(join(tmpdir(), 'tc-core-update-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const [v2, store] = [join(root, 'cgroup'), new OciStore(join(root, 'states'))];
  mkdirSync(v2);
  writeFileSync(join(v2, 'cpu.max'), before);
  store.reserve('one');
  const alive: Partial<OciState> = {
    id: 'one',
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? '',
    cgroups: { v1: {}, v2, directories: [v2] },
  };
  store.write(alive as OciState);
  await updateOci(store, 'one', { cpu });
  // A file of the kernel's holds what was written last; this one is longer where it was.
  expect(readFileSync(join(v2, 'cpu.max'), 'utf8').slice(0, after.length)).toBe(after);
});
