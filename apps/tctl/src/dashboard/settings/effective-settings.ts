import { parseDuration } from '../../cli/durations.ts';
import type { OptionValues } from '../../cli/options.ts';
import { UsageError } from '../../cli/usage-error.ts';
import type { dashboardOptions } from '../../table/dashboard-options.ts';
import { defaultColumns } from '../model/columns.ts';
import { sortBy } from '../model/sort.ts';
import { detectBackground, detectUnicode } from '../theme/detect.ts';
import { type ThemeName, themeNames } from '../theme/palettes.ts';
import type { Settings } from './settings.ts';

type Values = Pick<
  OptionValues<typeof dashboardOptions>,
  'theme' | 'no-unicode' | 'no-mouse' | 'interval' | 'read-only'
>;

/**
 * What is in force: an option of the command line before the configuration file, and that before what the terminal
 * tells.
 * @throws UsageError
 */
export function effectiveSettings(
  values: Values,
  settings: Settings,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Required<Settings> {
  const { theme = settings.theme ?? detectBackground(env), interval = settings.interval ?? '1s' } = values;
  if (!isThemeName(theme))
    throw new UsageError(`there is no theme ${JSON.stringify(theme)}`, `There are ${themeNames.join(', ')}.`);
  parseDuration('interval', interval);
  return {
    theme,
    graphs: settings.graphs ?? 'braille',
    unicode: !values['no-unicode'] && (settings.unicode ?? detectUnicode(env)),
    mouse: !values['no-mouse'] && (settings.mouse ?? true),
    interval,
    columns: settings.columns ?? defaultColumns,
    sort: settings.sort ?? sortBy('cpu'),
    readOnly: values['read-only'] || (settings.readOnly ?? false),
    keys: settings.keys ?? {},
  };
}

function isThemeName(name: string): name is ThemeName {
  return (themeNames as readonly string[]).includes(name);
}
