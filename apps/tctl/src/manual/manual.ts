/** tctl(1), in the macros of man(7), from the table of commands. */
import { aboutOption, exampleLine, flagOf, headings } from '../cli/help.ts';
import type { OptionTable } from '../cli/options.ts';
import { wrap } from '../cli/wrap.ts';
import { type CommandSpec, codesOfCommand, type Entry, isGroup } from '../table/command-spec.ts';
import { families } from '../table/commands.ts';
import { environment, files } from '../table/environment.ts';
import { version } from '../version.ts';

/** What is escaped gets longer; mandoc(1) asks for 80 at most. */
const longestLine = 64;

export function manual(): string {
  const lines = [
    `.TH TCTL 1 "" "tctl ${version}" "User Commands"`,
    '.SH NAME',
    'tctl \\- containers for Linux: run them, look at them, act on them',
    '.SH SYNOPSIS',
    '.B tctl',
    '.I COMMAND',
    '[OPTIONS]',
    '.br',
    '.B tctl',
    '[OPTIONS]',
    '.SH DESCRIPTION',
    ...text(
      `A container is a process that can't see everything (namespaces), can't use everything (cgroups) and has its own
root file system. tctl makes them without a daemon. On a terminal, tctl alone opens the dashboard: see tctl dashboard.
Options may stand before and behind the operands, but for commands that run something in a container, where all that
follows the image or the container is its own.`,
    ),
    ...Object.entries(families).flatMap(([family, commands]) => [
      `.SH ${quoted(family.toUpperCase())}`,
      ...Object.entries(commands).flatMap(([name, entry]) => entryLines(name, entry)),
    ]),
    '.SH EXIT STATUS',
    ...text('Each command tells its own above. Of what runs in a container:'),
    ...Object.entries(codesOfCommand).flatMap(([code, about]) => tagged(code, about)),
    '.SH ENVIRONMENT',
    ...Object.entries(environment).flatMap(([name, about]) => tagged(name, about)),
    '.SH FILES',
    ...Object.entries(files).flatMap(([name, about]) => tagged(name, about)),
    '.SH SEE ALSO',
    '.BR namespaces (7),',
    '.BR cgroups (7),',
    '.BR capabilities (7),',
    '.BR seccomp (2),',
    '.BR pivot_root (2)',
  ];
  return `${lines.join('\n')}\n`;
}

function entryLines(name: string, entry: Entry): string[] {
  if (!isGroup(entry)) return commandLines(entry);
  const commands = Object.entries(entry.commands).flatMap(([below, each]) =>
    'sameAs' in each
      ? tagged(`tctl ${name} ${below}`, `The same as tctl ${each.sameAs}.`)
      : commandLines(each),
  );
  return [`.SS ${quoted(`tctl ${name} COMMAND`)}`, ...text(entry.about), ...commands];
}

function commandLines({ usage, about, options, examples, exitCodes }: CommandSpec): string[] {
  return [
    `.SS ${quoted(`tctl ${usage}`)}`,
    ...text(about),
    ...headings(options).flatMap(([, table]) => optionLines(table)),
    '.PP',
    ...text(`Exit status: ${Object.entries(exitCodes).map(codeText).join('; ')}.`),
    ...examples.flatMap(({ line, about: what }) => [
      '.PP',
      ...text(`${what}:`.replace(/^./, (first) => first.toUpperCase())),
      '.RS 4',
      '.EX',
      escaped(exampleLine(line)),
      '.EE',
      '.RE',
    ]),
  ];
}

const codeText = ([code, why]: [string, string]): string => `${code}, ${why}`;

function optionLines(options: OptionTable): string[] {
  return Object.entries(options).flatMap(([name, option]) =>
    tagged(flagOf(name, option).trim(), aboutOption(option)),
  );
}

function tagged(tag: string, about: string): string[] {
  return ['.TP', `.B ${escaped(tag)}`, ...text(about)];
}

const quoted = (argument: string): string => `"${escaped(argument).replaceAll('"', '\\(dq')}"`;

/** A sentence a line, as roff(7) wants it, so that it knows where one ends. */
function text(paragraph: string): string[] {
  return paragraph
    .replaceAll(/\s+/g, ' ')
    .trim()
    .split(/(?<=[.?!]) (?=[A-Z])/)
    .flatMap((sentence) => wrap(sentence, longestLine))
    .map(escaped);
}

/** A hyphen that is one on the command line, a backslash, and what begins a line of roff's own. */
function escaped(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', '\\(cq')
    .replaceAll("'", '\\(aq')
    .replaceAll('…', '...')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll('`', '\\(ga')
    .replace(/^\./, '\\&.');
}
