import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { makeBundle } from './bundle.ts';
import { inPrivateNamespace, type PrivateNamespace } from './private-namespace.ts';
import type { Workplace } from './workplace.ts';

export type OciRuntime = 'runc' | 'crun';

export const sleepCommand = ['/bin/sleep', '6000'] as const;

/** The start of each of its command lines. */
export function ociProgram(place: Workplace, runtime: OciRuntime): string[] {
  return [runtime, '--root', join(place.directory, runtime)];
}

/** How to run its commands: crun refuses the cgroups of a hybrid host. */
export interface OciPlace {
  readonly runtime: OciRuntime;
  readonly inside?: PrivateNamespace;
}

/** A container that sleeps, with limits on memory and pids. Disposing of it removes it. */
export function startOciSleeper(
  place: Workplace,
  { runtime, inside }: OciPlace,
): Disposable & { id: string } {
  const id = place.id();
  const { directory } = makeBundle(place, sleepCommand, true);
  const call = (...args: string[]) => {
    const command = [...ociProgram(place, runtime), ...args];
    const [file = '', ...rest] = inside === undefined ? command : inPrivateNamespace(command);
    execFileSync(file, rest, { stdio: 'ignore' });
  };
  call('run', '--detach', '--bundle', directory, id);
  return { id, [Symbol.dispose]: () => call('delete', '--force', id) };
}
