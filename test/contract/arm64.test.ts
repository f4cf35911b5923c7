import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileLaunch } from '../../packages/core/src/launch/compile.ts';
import { launchError } from '../../packages/core/src/launch/launch-error.ts';
import { expectAsDescribed, runImage } from '../../packages/core/test/launch/run-image.ts';
import { smallPrograms } from '../../packages/core/test/launch/small-programs.ts';
import { makeSpec } from '../../packages/core/test/launch/specs.ts';

const emulator = ['qemu-aarch64-static', 'qemu-aarch64'].find(
  (command) => spawnSync(command, ['--version']).error === undefined,
);
const isNative = process.arch === 'arm64'; // then interpreter.test.ts runs the same on the CPU
if (emulator === undefined && !isNative) {
  console.warn('skipped: the arm64 interpreter needs qemu-aarch64-static (Debian: qemu-user-static)');
}

describe.runIf(emulator)('the arm64 interpreter, under QEMU’s user mode', () => {
  it.each(smallPrograms.map((small) => [small.title, small] as const))('%s', async (_, small) => {
    await expectAsDescribed(small, 'arm64', emulator);
  });
});

describe.runIf(emulator)('a whole launch for arm64, under QEMU’s user mode', () => {
  let runtimeDirectory = '';
  beforeAll(() => {
    runtimeDirectory = mkdtempSync(join(tmpdir(), 'tctl-arm64-'));
  });
  afterAll(() => rmSync(runtimeDirectory, { recursive: true }));

  const start = async (id: string) => {
    const program = compileLaunch(makeSpec({ id, runtimeDirectory, rootfs: { layers: ['/'] } }));
    const outcome = await runImage(program, 'arm64', emulator);
    expect(outcome.reported).toHaveLength(8);
    const error = launchError(program, outcome.reported.readUInt32LE(0), outcome.reported.readUInt32LE(4));
    return { ...outcome, error };
  };

  it('gets as far as clone3, which QEMU lacks, says so and cleans up', async () => {
    const { error, exitCode } = await start('box');
    expect(error).toMatchObject({ code: 'KERNEL_TOO_OLD', call: 'clone3', errnoName: 'ENOSYS' });
    expect(exitCode).toBe(0);
    expect(readdirSync(runtimeDirectory)).not.toContain('box');
    expect(readdirSync(runtimeDirectory)).toContain('.lock');
  });

  it('refuses an id that is taken, and leaves its directory alone', async () => {
    mkdirSync(join(runtimeDirectory, 'taken'));
    const { error } = await start('taken');
    expect(error).toMatchObject({ code: 'CONTAINER_EXISTS', call: 'mkdirat' });
    expect(readdirSync(runtimeDirectory)).toContain('taken');
  });
});
