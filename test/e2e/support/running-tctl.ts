import { type Process, processes } from '../../support/leftovers.ts';

/** The tctl that was started with an argument: `node tctl.cjs …`, or `node -- tctl.cjs …`. */
export function runningTctl(argument: string): Process {
  const found = processes().find(
    ({ command }) => command.includes(argument) && command.slice(1, 3).some((word) => /\/tctl/.test(word)),
  );
  if (found === undefined) throw new Error(`no tctl runs with ${argument}`);
  return found;
}
