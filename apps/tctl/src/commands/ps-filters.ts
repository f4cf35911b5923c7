import type { ContainerInfo } from '@tc/core';
import { exitCodeOf } from '../cli/exit-code.ts';
import { type FilterTests, parseFilters } from '../cli/filters.ts';
import { hasLabel } from '../cli/labels.ts';
import { UsageError } from '../cli/usage-error.ts';
import { volumesOf } from './mounted-volumes.ts';

/**
 * `--filter` of `tctl ps`.
 * @param all the oldest first, for `before` and `since`
 * @throws UsageError
 */
export function containerFilter(
  filters: readonly string[] | undefined,
  all: () => readonly ContainerInfo[],
): (info: ContainerInfo) => boolean {
  const place = (wanted: string) => {
    const found = all().findIndex(({ id, name }) => name === wanted || id.startsWith(wanted));
    if (found !== -1) return found;
    throw new UsageError(`there is no container ${JSON.stringify(wanted)}`, 'tctl ps -a lists them.');
  };
  const tests: FilterTests<ContainerInfo> = {
    name: ({ name }, part) => name.includes(part),
    id: ({ id }, start) => id.startsWith(start),
    status: ({ state }, status) => state === status,
    label: ({ labels }, label) => hasLabel(labels, label),
    exited: ({ exit }, code) => exit !== undefined && String(exitCodeOf(exit)) === code,
    ancestor: ({ image = '' }, wanted) => image === wanted || image.split(':')[0] === wanted,
    volume: ({ options }, volume) => volumesOf(options?.mounts ?? []).includes(volume),
    before: ({ id }, other) => all().findIndex((each) => each.id === id) < place(other),
    since: ({ id }, other) => all().findIndex((each) => each.id === id) > place(other),
  };
  return parseFilters(filters, tests, {
    status: [...states, ...statesOfDocker],
    exited: { like: /^(1?\d?\d|2[0-4]\d|25[0-5])$/, hint: 'It takes an exit code: 0 to 255.' },
  });
}

const states: readonly ContainerInfo['state'][] = ['created', 'running', 'paused', 'exited'];
/** Which no container of ours is ever in. */
const statesOfDocker = ['restarting', 'removing', 'dead'];
