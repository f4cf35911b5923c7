import { isatty } from 'node:tty';
import { openRecording } from '@tc/monitor';
import { helpText } from '../cli/help.ts';
import { type OptionValues, parseEverywhere } from '../cli/options.ts';
import { writeOut } from '../cli/output.ts';
import { outputWidth } from '../cli/terminal-width.ts';
import { UsageError } from '../cli/usage-error.ts';
import { dashboardOptions, replayOptions } from '../table/dashboard-options.ts';
import { dashboard, replay } from '../table/monitoring.ts';
import { DemoSource } from './demo/demo-source.ts';
import { remapKeys } from './keys/remap.ts';
import { LiveSource } from './live/live-source.ts';
import { runPlain } from './plain/run-plain.ts';
import { ReplaySource } from './replay/replay-source.ts';
import { runSession } from './session.tsx';
import { effectiveSettings } from './settings/effective-settings.ts';
import { toJson } from './settings/parse-settings.ts';
import type { Settings } from './settings/settings.ts';
import { readSettings, settingsFile } from './settings/settings-file.ts';
import type { Source } from './source/source.ts';
import { detectDepth } from './theme/detect.ts';
import { makeTheme } from './theme/theme.ts';

export type DashboardValues = OptionValues<typeof dashboardOptions>;

/** `tctl` without a command. */
export async function dashboardCommand(args: readonly string[]): Promise<number> {
  const { values, rest } = parseEverywhere(dashboardOptions, args);
  if (values.help) {
    writeOut(helpText(dashboard, outputWidth()));
    return 0;
  }
  if (rest.length > 0)
    throw new UsageError(`the dashboard takes no arguments, not ${JSON.stringify(rest[0])}`);
  const settings = settingsOf(values);
  if (values['print-config']) {
    writeOut(`${JSON.stringify(toJson(settings), undefined, 2)}\n`);
    return 0;
  }
  return show(values.demo ? demoSource(values) : new LiveSource(settings.interval), values, settings);
}

/** `tctl replay FILE` */
export async function replayCommand(args: readonly string[]): Promise<number> {
  const { values, rest } = parseEverywhere(replayOptions, args);
  if (values.help) {
    writeOut(helpText(replay, outputWidth()));
    return 0;
  }
  const [file, more] = rest;
  if (file === undefined) throw new UsageError('the file is missing', 'tctl replay FILE');
  if (more !== undefined) throw new UsageError(`replay takes one file, not also ${JSON.stringify(more)}`);
  const settings = settingsOf(values);
  return show(new ReplaySource(await openRecording(file)), values, settings);
}

/** @throws UsageError */
function settingsOf(values: DashboardValues): Required<Settings> {
  return effectiveSettings(values, readSettings(settingsFile()));
}

async function show(source: Source, values: DashboardValues, settings: Required<Settings>): Promise<number> {
  const { theme, graphs, unicode, mouse, readOnly, columns, sort, keys } = settings;
  const scope = values.all ? 'all' : 'own';
  if (values.plain || !isTerminal()) return runPlain(source, scope, values.plain || isatty(1));
  return runSession({
    source,
    theme: makeTheme(theme, detectDepth(process.env), unicode, graphs),
    keys: remapKeys(keys).map,
    isReadOnly: readOnly,
    mouse,
    settings: { file: settingsFile(), shown: settings },
    state: { scope, columns, sort },
  });
}

function demoSource(values: DashboardValues): Source {
  return new DemoSource({
    seed: wholeNumber(values.seed, 'seed') ?? 1,
    count: wholeNumber(values.containers, 'containers') ?? 24,
    isStill: values.still ?? false,
  });
}

/** @throws UsageError */
function wholeNumber(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--${option} takes a whole number, not ${JSON.stringify(text)}`);
}

/** One that the cursor can be moved on. */
function isTerminal(): boolean {
  return isatty(0) && isatty(1) && process.env['TERM'] !== 'dumb';
}
