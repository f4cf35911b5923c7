/** docs/cli.md, from the table of commands: node --conditions=tc-source tools/cli-page.ts */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { aboutOption, exampleLine, flagOf, headings } from '../apps/tctl/src/cli/help.ts';
import type { OptionTable, RefusedTable } from '../apps/tctl/src/cli/options.ts';
import { wrap } from '../apps/tctl/src/cli/wrap.ts';
import {
  type CommandSpec,
  codesOfCommand,
  type Entry,
  isGroup,
} from '../apps/tctl/src/table/command-spec.ts';
import { families } from '../apps/tctl/src/table/commands.ts';
import { elsewhere } from '../apps/tctl/src/table/elsewhere.ts';
import { environment, files } from '../apps/tctl/src/table/environment.ts';

export const page = fileURLToPath(new URL('../docs/cli.md', import.meta.url));

export function cliPage(): string {
  return `${[
    '# The command line',
    `<!-- Made by tools/cli-page.ts from apps/tctl/src/table/. The same is in tctl COMMAND --help and in tctl(1). -->`,
    introduction,
    contents(),
    ...Object.entries(families).flatMap(([family, commands]) => [
      `## ${family}`,
      ...Object.entries(commands).flatMap(([name, entry]) => ofEntry(name, entry)),
    ]),
    '## Exit codes',
    `Each command tells its own. Those that run something in a container exit as it does, as Docker's do:`,
    table(
      ['code', 'what'],
      Object.entries(codesOfCommand).map(([code, what]) => [code, what]),
    ),
    '## Templates',
    templates,
    '## Environment',
    table(
      ['variable', 'what'],
      Object.entries(environment).map(([name, what]) => [code(name), what]),
    ),
    '## Files',
    table(
      ['file', 'what'],
      Object.entries(files).map(([name, what]) => [code(name), what]),
    ),
    "## Docker's commands that there are not",
    'tctl says so, and what does that here:',
    table(
      ['command', 'instead'],
      Object.entries(elsewhere).map(([name, what]) => [code(name), what]),
    ),
  ].join('\n\n')}\n`;
}

const introduction = `Docker's names and options where Docker has them. \`tctl help\` lists the commands, \`tctl COMMAND --help\` tells of one,
\`man tctl\` of all. Options may stand anywhere, but for \`run\`, \`create\` and \`exec\`, where all that follows the image or
the container belongs to the command that runs there. A container is named by its name, its id, or what only its id
begins with. \`--json\` prints everything that is known, with names that are tctl's own and stay; \`--format\` takes
[templates](#templates). On a terminal that is too narrow, tables are shortened (\`--no-trunc\` does not), and sizes and
times are for people (\`--no-human\` is exact).

The shell completes commands, options and the names of containers, images and volumes after

| shell | command |
| --- | --- |
| bash | \`source <(tctl completion bash)\`, in \`~/.bashrc\` for always |
| zsh | \`tctl completion zsh > /usr/local/share/zsh/site-functions/_tctl\`, once |
| fish | \`tctl completion fish > ~/.config/fish/completions/tctl.fish\`, once |`;

const templates = `\`--format\` takes a template of [Go](https://pkg.go.dev/text/template) as \`docker --format\` has it: \`{{.ID}}\` is a field,
\`{{json .}}\` all of them. Fields have Docker's names; with \`inspect\` and \`events\` those of \`--json\` are there too. In front of
it \`table \` makes a table with headings. \`\\t\` and \`\\n\` are a tab and the end of a line.

| what | examples |
| --- | --- |
| fields | \`{{.State.Status}}\`, \`{{.Config.Labels.key}}\`, \`{{index .Config.Labels "a.b/c"}}\`, \`{{.Label "key"}}\` of ps |
| if, with, range | \`{{if .State.Running}}up{{else}}down{{end}}\`, \`{{range .Mounts}}{{.Source}} {{end}}\`, \`{{range $k, $v := .Config.Labels}}\` |
| functions | \`json join split lower upper title pad truncate print println printf len index slice\` |
| comparisons | \`eq ne lt le gt ge and or not\` |
| pipes and variables | \`{{.Names \\| upper}}\`, \`{{$x := .ID}}{{$x}}\` |`;

function contents(): string {
  const lines = Object.entries(families).map(
    ([family, commands]) => `- ${family}: ${Object.keys(commands).map(link).join(' · ')}`,
  );
  return lines.join('\n');
}

const link = (name: string) => `[${name}](#tctl-${name})`;

function ofEntry(name: string, entry: Entry): string[] {
  if (!isGroup(entry)) return ofCommand(name, entry, '###');
  const same = Object.entries(entry.commands).flatMap(([below, each]) =>
    'sameAs' in each ? [[code(`tctl ${name} ${below}`), code(`tctl ${each.sameAs}`)]] : [],
  );
  return [
    `### tctl ${name}`,
    entry.about,
    ...Object.entries(entry.commands).flatMap(([below, each]) =>
      'sameAs' in each ? [] : ofCommand(`${name} ${below}`, each, '####'),
    ),
    ...(same.length === 0 ? [] : [table(['also', 'the same as'], same)]),
  ];
}

function ofCommand(name: string, spec: CommandSpec, level: string): string[] {
  const { usage, about, options, examples, exitCodes, refused = {} } = spec;
  const lines = examples.map(({ line, about: what }): string[] => [code(exampleLine(line)), what]);
  return [
    `${level} tctl ${name}`,
    `\`\`\`text\ntctl ${usage}\n\`\`\``,
    wrap(about, 118).join('\n'),
    ...headings(options).map(([heading, each]) => optionTable(heading, each)),
    table(['example', 'what'], lines),
    `Exit codes: ${Object.entries(exitCodes)
      .map(([number, why]) => `${number} ${why}`)
      .join('; ')}.`,
    ...(Object.keys(refused).length === 0 ? [] : [refusedLine(refused)]),
  ];
}

function optionTable(heading: string, options: OptionTable): string {
  const rows = Object.entries(options).map(([name, option]) => [
    code(flagOf(name, option).trim()),
    aboutOption(option),
  ]);
  return table([heading === 'Options' ? 'option' : heading, 'what'], rows);
}

function refusedLine(refused: RefusedTable): string {
  return `Docker's options that there are not, each of which tells what to do instead: ${Object.keys(refused)
    .map((name) => code(`--${name}`))
    .join(', ')}.`;
}

/** A bar ends a cell, in code too. */
const code = (text: string) => `\`${text}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('<', cell.includes('`') ? '<' : '&lt;')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, cliPage());
