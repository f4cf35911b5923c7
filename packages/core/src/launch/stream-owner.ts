import { IdMap } from '../files/id-map.ts';
import type { NamespaceSpec, ProcessSpec } from './spec.ts';

/**
 * Whom the pipes of a command are given: its user, as the host knows it, who can open /dev/stdout then. Root makes them,
 * and gives them away; an ordinary user keeps its own.
 * @returns undefined for root, whose they are
 */
export function streamOwner(spec: {
  readonly process: Pick<ProcessSpec, 'uid'>;
  readonly namespaces: Pick<NamespaceSpec, 'user'>;
}): number | undefined {
  return new IdMap(spec.namespaces.user?.uidMap).find(spec.process.uid) || undefined;
}
