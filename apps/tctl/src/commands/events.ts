import { Container, type ContainerEvent } from '@tc/core';
import { command } from '../cli/command.ts';
import { parseFilters } from '../cli/filters.ts';
import { compactJson } from '../cli/json-text.ts';
import { parseMoment } from '../cli/moments.ts';
import { writeOut } from '../cli/output.ts';
import { printable } from '../cli/printable.ts';
import { events } from '../table/looking.ts';
import { compileTemplate } from '../template/evaluate.ts';
import { checkFormat, templateOf } from '../template/print-rows.ts';
import { toValue } from '../template/to-value.ts';
import type { Struct } from '../template/values.ts';

export const eventsCommand = command(events, async ({ since, until, filter, json = false, format }) => {
  const [from, to] = [parseMoment('since', since), parseMoment('until', until)];
  const matches = parseFilters(filter, tests);
  checkFormat(format);
  const lineOf =
    json || format?.trim() === 'json' ? compactJson : format === undefined ? line : template(format);
  const all = Container.events({
    // Docker: with an end alone, everything up to it.
    ...(from === undefined ? (to === undefined ? {} : { since: new Date(0) }) : { since: from }),
    ...(to === undefined ? {} : { until: to }),
  });
  for await (const event of all) {
    if (matches(event)) writeOut(`${lineOf(event)}\n`);
  }
  return 0;
});

const tests = {
  container: ({ id, name }: ContainerEvent, wanted: string) => name === wanted || id === wanted,
  event: ({ kind }: ContainerEvent, wanted: string) => kind === wanted,
};

function line({ time, kind, id, name, ...details }: ContainerEvent): string {
  const more = Object.entries({ name, ...details }).map(([key, value]) => `${key}=${value}`);
  return printable(`${time.toISOString()} ${kind} ${id} (${more.join(', ')})`);
}

/** Docker's names; what tctl's own JSON calls a thing is there too. */
function template(format: string): (event: ContainerEvent) => string {
  const fill = compileTemplate(templateOf(format));
  return (event) => {
    const { time, kind, id, name } = event;
    const seconds = Math.floor(time.getTime() / 1000);
    const own = {
      pid: undefined,
      exitCode: undefined,
      signal: undefined,
      reason: undefined,
      count: undefined,
    };
    const actor = { ID: id, Attributes: new Map([['name', name]]) };
    const docker = { Type: 'container', Action: kind, Status: kind, ID: id, Time: seconds, Actor: actor };
    return fill({ ...own, ...(toValue(event) as Struct), ...docker });
  };
}
