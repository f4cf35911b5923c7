import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cgroupMountPoints } from '../support/leftovers.ts';
import { controller, requires } from '../support/requires.ts';
import { tctl } from './support/command.ts';
import { expectOutput } from './support/expectations.ts';
import './support/suite.ts';

const parent = `e2e-parent-${process.pid}`;
const directories = cgroupMountPoints().map((point) => join(point, parent));

/** Where the parent's memory is limited, if anywhere. */
let limitFile: string | undefined;

beforeAll(async () => {
  // On v2 the controllers of the root's children are enabled by who needs them first.
  expectOutput(await tctl('run', '-m', '64m', 'host', 'true'), '');
  for (const directory of directories) {
    mkdirSync(directory);
    for (const file of ['memory.max', 'memory.limit_in_bytes'].map((name) => join(directory, name)))
      if (existsSync(file)) {
        writeFileSync(file, `${32 * 2 ** 20}`);
        limitFile = file;
      }
  }
});

afterAll(() => {
  for (const directory of directories) rmdirSync(directory);
});

describe('--cgroup-parent', () => {
  it('puts the container’s cgroup there, and removes no more than that', async () => {
    expectOutput(await tctl('run', '--cgroup-parent', parent, '--pids', '20', 'host', 'true'), '');
    expect(directories.filter((directory) => !existsSync(directory))).toEqual([]);
  });

  it('has its limits hold for the container, which is told so', async (context) => {
    requires(context, controller('memory'));
    expect(limitFile).toBeDefined(); // or the container would use all memory of the host
    const { code, stdout, stderr } = await tctl(
      'run',
      '--cgroup-parent',
      parent,
      'host',
      'tail',
      '/dev/zero',
    );
    expect({ code, stdout }).toEqual({ code: 137, stdout: '' });
    expect(stderr).toMatch(/^tctl: .*out of memory/);
    expect(stderr).not.toContain('undefined');
  });
});
