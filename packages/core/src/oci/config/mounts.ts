/** `mounts` of config.json. */
import { Fields, listOf, nonEmpty, text } from '../json.ts';
import { type OciIdMapping, readIdMapping } from './linux.ts';

export interface OciMount {
  readonly destination: string;
  readonly type: string | undefined;
  readonly source: string | undefined;
  readonly options: readonly string[];
  /** Whose its files are; both or neither. */
  readonly uidMappings: readonly OciIdMapping[];
  readonly gidMappings: readonly OciIdMapping[];
}

export function readMount(value: unknown, at: string): OciMount {
  const mount = new Fields(value, at);
  return {
    destination: mount.required('destination', text),
    type: nonEmpty(mount.optional('type', text)),
    source: nonEmpty(mount.optional('source', text)),
    options: mount.optional('options', listOf(text)) ?? [],
    uidMappings: mount.optional('uidMappings', listOf(readIdMapping)) ?? [],
    gidMappings: mount.optional('gidMappings', listOf(readIdMapping)) ?? [],
  };
}
