import { join } from 'node:path';
import { parseFlatKeyed, readOptional } from '@tc/linux';
import type { LaunchFile } from '../state/launch-file.ts';

/** How often the kernel has killed for memory in a container so far; 0 where that is not known. */
export function oomKills({ cgroups }: LaunchFile): number {
  for (const directory of cgroups) {
    for (const file of ['memory.events', 'memory.oom_control']) {
      const text = readOptional(join(directory, file));
      if (text !== undefined) return Number(parseFlatKeyed(text).get('oom_kill') ?? 0);
    }
  }
  return 0;
}
