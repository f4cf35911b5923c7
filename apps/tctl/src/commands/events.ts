import { Container, type ContainerEvent } from '@tc/core';
import { command } from '../cli/command.ts';
import { parseFilters } from '../cli/filters.ts';
import { parseMoment } from '../cli/moments.ts';
import { writeOut } from '../cli/output.ts';
import { printable } from '../cli/printable.ts';

export const eventsCommand = command({
  usage: 'events [OPTIONS]',
  about: 'Prints what happens to containers, as it happens.',
  options: {
    since: { value: 'TIME', about: 'begin with what happened from then on: 10m (ago), or a date' },
    until: { value: 'TIME', about: 'end then' },
    filter: {
      short: 'f',
      value: 'KEY=VALUE',
      multiple: true,
      about: 'container=NAME or event=start|exit|oom|...',
    },
    json: { about: 'one JSON object a line' },
  },
  operands: { atLeast: 0, atMost: 0 },
  async run({ since, until, filter, json = false }) {
    const [from, to] = [parseMoment('since', since), parseMoment('until', until)];
    const matches = parseFilters(filter, tests);
    const events = Container.events({
      // Docker: with an end alone, everything up to it.
      ...(from === undefined ? (to === undefined ? {} : { since: new Date(0) }) : { since: from }),
      ...(to === undefined ? {} : { until: to }),
    });
    for await (const event of events) {
      if (matches(event)) writeOut(`${json ? JSON.stringify(event) : line(event)}\n`);
    }
    return 0;
  },
});

const tests = {
  container: ({ id, name }: ContainerEvent, wanted: string) => name === wanted || id === wanted,
  event: ({ kind }: ContainerEvent, wanted: string) => kind === wanted,
};

function line({ time, kind, id, name, ...details }: ContainerEvent): string {
  const more = Object.entries({ name, ...details }).map(([key, value]) => `${key}=${value}`);
  return printable(`${time.toISOString()} ${kind} ${id} (${more.join(', ')})`);
}
