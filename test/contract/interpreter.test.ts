import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProgramBuilder } from '../../packages/core/src/launch/builder.ts';
import { address, buffer } from '../../packages/core/src/launch/data.ts';
import { architecture, assemble } from '../../packages/core/src/launch/image.ts';
import { expectAsDescribed } from '../../packages/core/test/launch/run-image.ts';
import { cloning, smallPrograms } from '../../packages/core/test/launch/small-programs.ts';

const missing = ['x86_64-linux-gnu-as', 'aarch64-linux-gnu-as'].filter(
  (tool) => spawnSync(tool, ['--version']).error !== undefined,
);
const reason = `needs ${missing.join(' and ')} (Debian: binutils, binutils-aarch64-linux-gnu)`;

describe('the interpreters’ bytes', () => {
  it('are what their sources assemble to', (context) => {
    if (missing.length > 0) {
      console.warn(`skipped: ${reason}`);
      context.skip(reason);
    }
    const { status, stderr } = spawnSync(process.execPath, ['tools/assemble.mjs', '--check'], {
      cwd: new URL('../..', import.meta.url),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

const arch = architecture();

describe.runIf(arch)(`an interpreter on this CPU (${process.arch})`, () => {
  if (arch === undefined) return;

  it.each(smallPrograms.map((small) => [small.title, small] as const))('%s', async (_, small) => {
    await expectAsDescribed(small, arch);
  });

  it(cloning.title, async () => {
    await expectAsDescribed(cloning, arch);
  });

  it('has no memory that is both writable and executable', async () => {
    const p = new ProgramBuilder();
    p.call('write', [1, address(buffer(1, 'go')), 1], { what: 'say that it runs' });
    p.call('read', [0, address(buffer(1, 'wait')), 1], { what: 'wait for the end of its input' });
    p.call('exit_group', [0], { what: 'exit' });
    const directory = mkdtempSync(join(tmpdir(), 'tctl-image-'));
    try {
      const file = join(directory, 'image');
      writeFileSync(file, assemble(p.finish(buffer(8, 'record')), arch));
      chmodSync(file, 0o700);
      const child = spawn(file, { stdio: ['pipe', 'pipe', 'inherit'] });
      const exit = once(child, 'exit');
      await once(child.stdout, 'data');
      const maps = readFileSync(`/proc/${child.pid}/maps`, 'utf8').trim().split('\n');
      child.stdin.end();
      const own = maps.filter((line) => line.endsWith(file)).map((line) => line.split(' ')[1]);
      expect(own).toEqual(['r-xp', 'rw-p']);
      expect(maps.filter((line) => / .w.?x/.test(line))).toEqual([]);
      expect(await exit).toEqual([0, null]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
