import { join } from 'node:path';
import { type Bundle, makeBundle } from '../bundle.ts';
import type { Case } from '../interleave.ts';
import type { PrivateNamespace } from '../private-namespace.ts';
import { timeCommands } from '../time-commands.ts';
import type { Workplace } from '../workplace.ts';

export function ociCommand(place: Workplace, runtime: 'runc' | 'crun', bundle: Bundle): string[] {
  const state = join(place.directory, runtime);
  return [runtime, '--root', state, 'run', '--bundle', bundle.directory, place.id()];
}

/** @param inside where to run it: crun refuses the cgroups of a hybrid host. */
export function ociCase(
  place: Workplace,
  runtime: 'runc' | 'crun',
  limited: boolean,
  inside?: PrivateNamespace,
): Case {
  let bundle: Bundle | undefined;
  return {
    name: `${runtime} run${limited ? ', memory and pids limits' : ''}`,
    async measure(atOnce) {
      bundle ??= makeBundle(place, ['/bin/true'], limited);
      const { directory } = bundle;
      const commands = Array.from({ length: atOnce }, () =>
        ociCommand(place, runtime, { directory, limited }),
      );
      return inside === undefined ? timeCommands(commands) : inside.timeCommands(commands);
    },
  };
}
