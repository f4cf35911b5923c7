import { readFileSync } from 'node:fs';
import { run } from '@tc/core';
import type { Case } from '../interleave.ts';
import { timeCommands } from '../time-commands.ts';
import type { Workplace } from '../workplace.ts';

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

const application = new URL('../../../apps/tctl/', import.meta.url);

/** The command `tctl` as it is built. */
export function tctlProgram(): string {
  const { bin } = JSON.parse(readFileSync(new URL('package.json', application), 'utf8')) as Manifest;
  return new URL(bin.tctl, application).pathname;
}

/** The whole `tctl run` process, started as the shell would. */
export function commandLineCase(place: Workplace, flags: readonly string[]): Case {
  const command = [tctlProgram(), 'run', '--rootfs', place.rootfs, ...flags, '/bin/true'];
  return {
    name: ['tctl run', ...flags].join(' '),
    measure: (atOnce) => timeCommands(Array.from({ length: atOnce }, () => command)),
  };
}

interface Manifest {
  readonly bin: { readonly tctl: string };
}
