import type { OptionTable } from './options.ts';

/** The help text of a command, from its option table. */
export function helpText(usage: string, about: string, table: OptionTable): string {
  const rows = Object.entries(table).map(([name, { short, value, about }]) => {
    const flag = `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
    return { flag, about };
  });
  const width = Math.max(...rows.map(({ flag }) => flag.length));
  const lines = rows.map(({ flag, about }) => `  ${flag.padEnd(width)}  ${about}`);
  return `Usage: ${usage}\n\n${about}\n\n${lines.join('\n')}\n`;
}
