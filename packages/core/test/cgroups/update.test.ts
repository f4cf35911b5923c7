import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NormalLimits } from '../../src/cgroups/limits.ts';
import type { CgroupManager } from '../../src/cgroups/manager.ts';
import type { CgroupPlan } from '../../src/cgroups/plan.ts';
import { updateContainerCgroup } from '../../src/cgroups/update.ts';

// On plain files: what the kernel makes of the writes is what test/kernel/container-update.test.ts looks at.
let directory = '';
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'update-')), 'tctl-a');
  mkdirSync(directory);
});
afterEach(() => rmSync(join(directory, '..'), { recursive: true }));

const files = ({ pids, memoryBytes, swapBytes, io = [] }: NormalLimits): [string, string][] => [
  ...(typeof pids === 'number' ? [['pids.max', `${pids}`] as [string, string]] : []),
  ...(typeof memoryBytes === 'number'
    ? ([
        ['memory.limit_in_bytes', `${memoryBytes}`],
        ['memory.memsw.limit_in_bytes', `${memoryBytes + Number(swapBytes ?? 0)}`],
      ] as [string, string][])
    : []),
  ...io.map(({ device, readBps }): [string, string] => ['io.max', `${device} rbps=${readBps}`]),
];

const manager: CgroupManager = {
  mode: 'v1',
  usage: () => ({}) as never,
  plan: ({ limits }) => {
    const writes = files(limits).map(([file, value]) => ({
      path: join(directory, file),
      value,
      what: `set ${file}`,
      why: '',
      diagnose: { ENOENT: { code: 'LIMIT_UNSUPPORTED', hint: 'No.' } },
    }));
    return { plan: { enable: [], directories: [directory], writes } as unknown as CgroupPlan, warnings: [] };
  },
};

const set = (file: string, text: string) => writeFileSync(join(directory, file), text);
const get = (file: string) => readFileSync(join(directory, file), 'utf8');
const update = (from: NormalLimits, to: NormalLimits) =>
  updateContainerCgroup(manager, [directory], { id: 'a', from, to });

describe('updating the limits of a container that runs', () => {
  it('writes what has changed and nothing else', () => {
    set('pids.max', '5'.padEnd(5));
    update({ pids: 5, memoryBytes: 10 }, { pids: 7, memoryBytes: 10 }); // a write to memory would make no file
    expect(get('pids.max')).toBe('7'.padEnd(5)); // r+ truncates nothing
  });

  it('lifts what is gone', () => {
    set('pids.max', '5');
    update({ pids: 5 }, {});
    expect(get('pids.max')).toBe('max');
  });

  it('puts everything back where one is refused', () => {
    set('pids.max', '5');
    set('memory.memsw.limit_in_bytes', '10');
    expect(() => update({ pids: 5, memoryBytes: 10 }, { pids: 7, memoryBytes: 20 })).toThrow(
      expect.objectContaining({
        operation: 'set memory.limit_in_bytes',
        code: 'LIMIT_UNSUPPORTED',
        hint: 'No.',
      }),
    );
    expect([get('pids.max'), get('memory.memsw.limit_in_bytes')]).toEqual(['5', '10']);
  });

  it('gives back what undoes it', () => {
    set('pids.max', '5');
    const undo = update({ pids: 5 }, { pids: 7 });
    undo();
    expect(get('pids.max')).toBe('5');
  });

  it('touches no cgroup that is not the container’s', () => {
    expect(() =>
      updateContainerCgroup(manager, ['/elsewhere/tctl-a'], { id: 'a', from: {}, to: { pids: 7 } }),
    ).toThrow(expect.objectContaining({ code: 'LIMIT_NOT_LIVE' }));
  });
});
