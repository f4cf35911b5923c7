import type { ContainerInfo } from '@tc/core';
import { exitCodeOf } from '../cli/exit-code.ts';
import { type FilterTests, parseFilters } from '../cli/filters.ts';
import { hasLabel } from '../cli/labels.ts';
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
  const place = (wanted: string) =>
    all().findIndex(({ id, name }) => name === wanted || id.startsWith(wanted));
  const tests: FilterTests<ContainerInfo> = {
    name: ({ name }, part) => name.includes(part),
    id: ({ id }, start) => id.startsWith(start),
    status: ({ state }, status) => state === status,
    label: ({ labels }, label) => hasLabel(labels, label),
    exited: ({ exit }, code) => exit !== undefined && String(exitCodeOf(exit)) === code,
    ancestor: ({ image = '' }, wanted) => image === wanted || image.split(':')[0] === wanted,
    volume: ({ options }, volume) => volumesOf(options?.mounts ?? []).includes(volume),
    before: ({ id }, other) => all().findIndex((each) => each.id === id) < place(other),
    since: ({ id }, other) => place(other) !== -1 && all().findIndex((each) => each.id === id) > place(other),
  };
  return parseFilters(filters, tests);
}
