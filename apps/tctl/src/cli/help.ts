import type { CommandSpec, GroupSpec } from '../table/command-spec.ts';
import { helpOption } from '../table/shared-options.ts';
import { bold } from './colour.ts';
import type { OptionSpec, OptionTable } from './options.ts';
import { widthOf } from './width.ts';
import { wrap } from './wrap.ts';

/** Wider lines are hard to read. */
const widest = 110;
/** What stands behind has so many columns at least, on whatever terminal. */
const narrowest = 24;

/** What `--help` prints, in lines of at most so many characters where that can be. */
export function helpText(spec: CommandSpec, columns = widest): string {
  const width = Math.min(columns, widest);
  return [
    `Usage: tctl ${spec.usage}`,
    wrap(spec.about, width).join('\n'),
    ...headings({ ...spec.options, ...helpOption }).map(([heading, options]) =>
      section(heading, optionRows(options), width),
    ),
    section(
      'Examples',
      spec.examples.map(({ line, about }) => [exampleLine(line), about]),
      width,
    ),
    section('Exit codes', Object.entries(spec.exitCodes), width),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

export function groupHelp(name: string, { about, commands }: GroupSpec, columns = widest): string {
  const width = Math.min(columns, widest);
  const rows = Object.entries(commands).map(
    ([each, entry]): Row => [each, 'sameAs' in entry ? `the same as tctl ${entry.sameAs}` : entry.summary],
  );
  return `Usage: tctl ${name} COMMAND [OPTIONS]\n\n${wrap(about, width).join('\n')}\n\n${section('Commands', rows, width)}\n`;
}

/** As it is typed. */
export const exampleLine = (line: string): string => (line.startsWith('$ ') ? line.slice(2) : `tctl ${line}`);

export type Row = readonly [string, string];

/** Options by their headings, those without one first. */
export function headings(options: OptionTable): [string, OptionTable][] {
  const found = new Map<string, Record<string, OptionSpec>>([['Options', {}]]);
  for (const [name, option] of Object.entries(options)) {
    const heading = option.heading ?? 'Options';
    found.set(heading, { ...found.get(heading), [name]: option });
  }
  return [...found].filter(([, table]) => Object.keys(table).length > 0);
}

/** `-t, --timeout SECONDS` */
export function flagOf(name: string, { short, value }: OptionSpec): string {
  return `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
}

/** What it does, and what holds where it is not given. */
export function aboutOption(option: OptionSpec): string {
  const { about, alias = [], default: usual, env } = option;
  const more = [
    ...(usual === undefined ? [] : [`default ${usual}`]),
    ...(env === undefined ? [] : [`or ${env}`]),
    ...alias.map((name) => `also --${name}`),
  ];
  return more.length === 0 ? about : `${about} (${more.join('; ')})`;
}

function optionRows(options: OptionTable): Row[] {
  return Object.entries(options).map(([name, option]) => [flagOf(name, option), aboutOption(option)]);
}

/** Two columns; what is too wide for the first one has its second on the next line. */
export function section(heading: string, rows: readonly Row[], width: number): string {
  if (rows.length === 0) return '';
  const longest = Math.max(...rows.map(([first]) => widthOf(first)));
  const first = Math.min(longest, Math.max(12, Math.floor(width * 0.36)));
  const rest = Math.max(narrowest, width - first - 4);
  const lines = rows.flatMap(([left, right]) => {
    const [begin = '', ...more] = wrap(right, rest);
    const indent = ' '.repeat(first + 4);
    const isTooWide = widthOf(left) > first;
    const head = isTooWide
      ? [`  ${left}`, `${indent}${begin}`]
      : [`  ${left}${' '.repeat(first - widthOf(left))}  ${begin}`];
    return [...head, ...more.map((line) => `${indent}${line}`)];
  });
  return `${bold(`${heading}:`)}\n${lines.map((line) => line.trimEnd()).join('\n')}`;
}
