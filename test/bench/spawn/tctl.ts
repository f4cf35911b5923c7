import { existsSync } from 'node:fs';
import { run } from '@tc/core';
import type { Case } from '../interleave.ts';
import { timeCommands } from './time-commands.ts';
import type { Workplace } from './workplace.ts';

export const limits = { memory: '64m', pids: 20 } as const;

export interface LibraryOptions {
  cgroups?: 'disabled' | 'enabled';
  limits?: typeof limits;
  runtimeDirectory?: string;
}

/** `run()` of @tc/core, in this process. */
export function libraryCase(place: Workplace, name: string, options: LibraryOptions): Case {
  const { cgroups = 'enabled', limits = {}, runtimeDirectory } = options;
  const once = async () => {
    const result = await run(['/bin/true'], {
      rootfs: place.rootfs,
      name: place.id(),
      cgroups,
      limits,
      stdout: 'ignore',
      stderr: 'ignore',
    });
    if (result.exitCode !== 0) throw new Error(`tctl: ${result.reason}, exit code ${result.exitCode}`);
  };
  return {
    name,
    async measure(atOnce) {
      if (runtimeDirectory !== undefined) process.env['TCTL_RUNTIME_DIR'] = runtimeDirectory;
      try {
        const start = performance.now();
        await Promise.all(Array.from({ length: atOnce }, once));
        return performance.now() - start;
      } finally {
        delete process.env['TCTL_RUNTIME_DIR'];
      }
    },
  };
}

const bin = new URL('../../../apps/tctl/bin/tctl.js', import.meta.url).pathname;
const bundle = new URL('../../../apps/tctl/dist/tctl.js', import.meta.url).pathname;

/** The whole `tctl run` process. */
export function commandLineCase(place: Workplace, flags: readonly string[]): Case {
  const command = () => [process.execPath, bin, 'run', '--rootfs', place.rootfs, ...flags, '/bin/true'];
  return {
    name: ['tctl run', ...flags].join(' '),
    async measure(atOnce) {
      if (!existsSync(bundle)) throw new Error('apps/tctl is not built');
      return timeCommands(Array.from({ length: atOnce }, command));
    },
  };
}
