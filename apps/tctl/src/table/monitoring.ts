/** Commands that look at what containers use. */
import { any, noOperands, spec, usualCodes } from './command-spec.ts';
import { dashboardOptions, replayOptions } from './dashboard-options.ts';
import { processColumns } from './process-columns.ts';
import {
  allCgroupsOption,
  exactOption,
  formatOption,
  intervalOption,
  noTruncOption,
} from './shared-options.ts';

export const dashboard = spec({
  summary: 'Show all containers, live: what tctl alone does on a terminal',
  usage: 'dashboard [OPTIONS]',
  about: `Shows all containers, live, and acts on them; on a terminal, tctl alone does. ? in it tells the keys.
docs/dashboard.md tells more.`,
  options: dashboardOptions,
  operands: noOperands,
  examples: [
    { line: 'dashboard --demo', about: 'try it, without root and without containers' },
    { line: 'dashboard --all --read-only', about: 'only look, at everything' },
  ],
  exitCodes: usualCodes,
});

export const replay = spec({
  summary: 'Show a recording in the dashboard',
  usage: 'replay [OPTIONS] FILE',
  about: `Shows a recording as the dashboard shows what is now. P plays and stops, { and } step, ( and ) jump a
minute, : and ; change the speed. tctl record makes one.`,
  options: replayOptions,
  operands: { atLeast: 1, atMost: 1, missing: 'file', complete: ['file'] },
  examples: [{ line: 'replay night.rec', about: 'what happened last night' }],
  exitCodes: usualCodes,
});

export const stats = spec({
  summary: 'Show what containers use, live',
  usage: 'stats [OPTIONS] [CONTAINER...]',
  about: 'Shows what containers use, live, as docker stats and top do.',
  options: {
    all: { short: 'a', about: 'those that do not run, too' },
    ...allCgroupsOption,
    'no-stream': { about: 'once, and no more' },
    iterations: { short: 'n', value: 'N', complete: 'nothing', about: 'so many times, and no more' },
    batch: { short: 'b', about: 'one table after the other, as into a file' },
    ...intervalOption,
    ...formatOption,
    ...noTruncOption,
    ...exactOption,
    json: { about: 'one JSON object a line for each container, with all figures' },
  },
  operands: { atLeast: 0, atMost: any, complete: ['running-container'] },
  examples: [
    { line: 'stats', about: 'until Ctrl-C' },
    { line: "stats --no-stream --format '{{.Name}} {{.MemUsage}}'", about: 'once, for a script' },
  ],
  exitCodes: usualCodes,
});

export const top = spec({
  summary: 'List the processes of a container',
  usage: 'top [OPTIONS] CONTAINER [-ef | aux | COLUMN...]',
  about: `Lists the processes of a container, with what they use; or, as ps(1) does, with the columns that are asked for.
Ids are the host's, and users have the names that the container gives them.`,
  options: {
    columns: {
      short: 'o',
      value: 'COLUMNS',
      complete: Object.keys(processColumns),
      multiple: true,
      about: `these columns, with commas between: ${Object.keys(processColumns).join(', ')}`,
    },
    full: { short: 'f', about: 'the columns of ps -f' },
    every: { short: 'e', about: 'as it is anyway: all processes of the container' },
    ...noTruncOption,
    ...exactOption,
    json: { about: 'print all that is known, as JSON' },
  },
  operands: { atLeast: 1, atMost: any, complete: ['running-container', Object.keys(processColumns)] },
  examples: [
    { line: 'top web', about: 'with what each uses' },
    { line: 'top web -eo pid,user,args', about: 'as docker top has it' },
    { line: 'top web aux', about: 'as ps aux' },
    { line: 'top web user pid comm', about: 'as podman top has it' },
  ],
  exitCodes: usualCodes,
});

export const record = spec({
  summary: 'Record what containers use, to be replayed',
  usage: 'record [OPTIONS] FILE',
  about:
    'Records what containers use and what happens to them, to be replayed later. Goes on with a FILE that is there.',
  options: {
    ...allCgroupsOption,
    for: {
      value: 'TIME',
      complete: ['90s', '10m', '2h'],
      default: 'until Ctrl-C',
      about: 'end so long after the first frame: 90s, 10m, 2h',
    },
    ...intervalOption,
  },
  operands: { atLeast: 1, atMost: 1, missing: 'file', complete: ['file'] },
  examples: [{ line: 'record --for 8h --interval 5s night.rec', about: 'overnight' }],
  exitCodes: usualCodes,
});

export const metrics = spec({
  summary: 'Serve what containers use to Prometheus',
  usage: 'metrics [OPTIONS]',
  about: "Serves what containers use to Prometheus, under cAdvisor's names, until Ctrl-C.",
  options: {
    listen: {
      value: 'ADDRESS',
      complete: ['127.0.0.1:9099'],
      default: '127.0.0.1:9099',
      about: 'where: an address and a port, or a port',
    },
    'allow-remote': { about: 'an address that others can connect to; there is no password' },
    ...allCgroupsOption,
    ...intervalOption,
  },
  operands: noOperands,
  examples: [{ line: 'metrics --listen 9100 --interval 15s', about: 'for a Prometheus of this machine' }],
  exitCodes: usualCodes,
});
