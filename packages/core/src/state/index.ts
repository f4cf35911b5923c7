/** `@tc/core/state`: to read what containers there are, without what starts them. `tctl ps` loads nothing else. */

export { type Listed, listContainers } from '../container/list.ts';
export type { ContainerExit, ContainerInfo, ContainerState } from '../container/options.ts';
