import type { GraphStyle } from '../graph/sparkline.ts';
import type { ColumnId } from '../model/columns.ts';
import type { Sort } from '../model/sort.ts';
import type { ThemeName } from '../theme/palettes.ts';

/** What one likes, as the configuration file has it. What is not said there is as it usually is. */
export interface Settings {
  readonly theme?: ThemeName;
  readonly graphs?: GraphStyle;
  readonly unicode?: boolean;
  readonly mouse?: boolean;
  /** How often to look: `1s`, `500ms`. */
  readonly interval?: string;
  readonly columns?: readonly ColumnId[];
  readonly sort?: Sort;
  readonly readOnly?: boolean;
  /** Other keys for commands: see keys/remap.ts. */
  readonly keys?: Readonly<Record<string, string | readonly string[]>>;
}

export type SettingName = keyof Settings;
