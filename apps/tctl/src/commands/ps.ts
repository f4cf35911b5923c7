import { type ContainerInfo, listContainers } from '@tc/core/state';
import { age } from '../cli/age.ts';
import { command } from '../cli/command.ts';
import { exitCodeOf } from '../cli/exit-code.ts';
import { parseFilters } from '../cli/filters.ts';
import { writeOut } from '../cli/output.ts';
import { printable, shortened } from '../cli/printable.ts';
import { textTable } from '../cli/text-table.ts';

export const psCommand = command({
  usage: 'ps [OPTIONS]',
  about: 'Lists the containers that run, the newest first.',
  options: {
    all: { short: 'a', about: 'those that do not run, too' },
    quiet: { short: 'q', about: 'only ids' },
    'no-trunc': { about: 'do not shorten commands' },
    filter: {
      short: 'f',
      value: 'KEY=VALUE',
      multiple: true,
      about: 'name=PART, id=START, status=STATE or label=KEY[=VALUE]',
    },
    json: { about: 'print all that is known, as JSON' },
  },
  operands: { atLeast: 0, atMost: 0 },
  async run({ all = false, quiet = false, 'no-trunc': whole = false, filter, json = false }) {
    const matches = parseFilters(filter, tests);
    const byStatus = (filter ?? []).some((each) => each.startsWith('status='));
    const shown = (await currentContainers())
      .toReversed()
      .filter((info) => (all || byStatus || isUp(info)) && matches(info));
    if (json) writeOut(`${JSON.stringify(shown, undefined, 2)}\n`);
    else if (quiet) writeOut(shown.map(({ id }) => `${id}\n`).join(''));
    else
      writeOut(
        textTable(
          headings,
          shown.map((info) => row(info, whole)),
        ),
      );
    return 0;
  },
});

/** After the clean-up that every command begins with; but what that takes is loaded only where there is something. */
async function currentContainers(): Promise<ContainerInfo[]> {
  const { containers, leftovers } = await listContainers();
  if (!leftovers()) return containers;
  const { cleanUp } = await import('./left-behind.ts');
  await cleanUp();
  return (await listContainers()).containers;
}

const headings = ['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'NAMES'];
const longestCommand = 30;

const isUp = ({ state }: ContainerInfo) => state === 'running' || state === 'paused';

const tests = {
  name: ({ name }: ContainerInfo, part: string) => name.includes(part),
  id: ({ id }: ContainerInfo, start: string) => id.startsWith(start),
  status: ({ state }: ContainerInfo, status: string) => state === status,
  label({ labels }: ContainerInfo, label: string) {
    const equals = label.indexOf('=');
    if (equals === -1) return Object.hasOwn(labels, label);
    return (
      Object.hasOwn(labels, label.slice(0, equals)) &&
      labels[label.slice(0, equals)] === label.slice(equals + 1)
    );
  },
};

function row(info: ContainerInfo, whole: boolean): string[] {
  const command = printable(info.command.join(' '));
  return [
    info.id,
    printable(info.image ?? info.rootfs),
    `"${whole ? command : shortened(command, longestCommand)}"`,
    `${age(info.createdAt)} ago`,
    status(info),
    info.name,
  ];
}

/** Docker's words. */
export function status({ state, startedAt, exit }: ContainerInfo): string {
  if (state === 'created') return 'Created';
  if (state !== 'exited') {
    return `Up ${age(startedAt ?? new Date())}${state === 'paused' ? ' (Paused)' : ''}`;
  }
  const when = exit?.finishedAt === undefined ? '' : ` ${age(exit.finishedAt)} ago`;
  if (exit === undefined || exit.reason === 'lost') return `Lost${when}`;
  const why = exit.reason === 'exit' || exit.reason === 'signal' ? '' : `, ${exit.reason}`;
  return `Exited (${exitCodeOf(exit)}${why})${when}`;
}
