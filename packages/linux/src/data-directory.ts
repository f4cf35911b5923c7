import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** What the rule looks at; the process's own unless told, so that tests need not change the process. */
export interface DataDirectoryInputs {
  env?: Readonly<Record<string, string | undefined>>;
  /** The effective uid. */
  uid?: number;
  home?: string;
}

/**
 * The absolute directory in which tctl keeps what can be made again (images, layers), in this order:
 * `TCTL_DATA_DIR`; `/var/lib/tctl` for root; `$XDG_DATA_HOME/tctl`; `~/.local/share/tctl`.
 * It need not exist. A relative XDG_DATA_HOME is ignored, as the XDG base directory specification asks.
 */
export function dataDirectory(inputs: DataDirectoryInputs = {}): string {
  const env = inputs.env ?? process.env;
  const override = env['TCTL_DATA_DIR'];
  if (override !== undefined && override !== '') return resolve(override);
  if ((inputs.uid ?? process.geteuid?.() ?? 0) === 0) return '/var/lib/tctl';
  const xdg = env['XDG_DATA_HOME'];
  if (xdg?.startsWith('/')) return join(xdg, 'tctl');
  return join(inputs.home ?? homedir(), '.local/share/tctl');
}
