/** `mounts` of config.json. */
import { Fields, listOf, nonEmpty, text } from '../json.ts';

export interface OciMount {
  readonly destination: string;
  readonly type: string | undefined;
  readonly source: string | undefined;
  readonly options: readonly string[];
}

export function readMount(value: unknown, at: string): OciMount {
  const mount = new Fields(value, at);
  mount.refuse('uidMappings', 'gidMappings');
  return {
    destination: mount.required('destination', text),
    type: nonEmpty(mount.optional('type', text)),
    source: nonEmpty(mount.optional('source', text)),
    options: mount.optional('options', listOf(text)) ?? [],
  };
}
