/** Commands that tell of containers. */
import { any, codesForEach, noOperands, spec, usualCodes } from './command-spec.ts';
import { exactOption, formatOption, jsonOption, noTruncOption, quietOption } from './shared-options.ts';

const filter = (keys: readonly string[], about: string) =>
  ({ short: 'f', value: 'KEY=VALUE', complete: keys, multiple: true, about }) as const;

const timeOption = (about: string) => ({ value: 'TIME', complete: ['10m', '1h'], about }) as const;

export const ps = spec({
  summary: 'List containers',
  usage: 'ps [OPTIONS]',
  about: 'Lists the containers that run, the newest first.',
  options: {
    all: { short: 'a', about: 'those that do not run, too' },
    latest: { short: 'l', about: 'only the one that was made last, whether it runs or not' },
    last: { short: 'n', value: 'N', complete: 'nothing', about: 'only the last N, whether they run or not' },
    ...quietOption,
    ...noTruncOption,
    size: { short: 's', about: 'what each wrote, and with its image (virtual): it takes a while' },
    filter: filter(
      ['name=', 'id=', 'status=', 'label=', 'exited=', 'ancestor=', 'volume=', 'before=', 'since='],
      'name=PART, id=START, status=STATE, label=KEY[=VALUE], exited=CODE, ancestor=IMAGE, volume=NAME, ...',
    ),
    ...formatOption,
    ...exactOption,
    ...jsonOption,
  },
  operands: noOperands,
  examples: [
    { line: 'ps -a', about: 'all of them' },
    { line: 'ps --filter status=exited --filter label=job', about: 'jobs that have ended' },
    { line: "ps --format 'table {{.Names}}\\t{{.Status}}'", about: 'two columns' },
    { line: "$ tctl ps --json | jq -r '.[].name'", about: 'for a script' },
  ],
  exitCodes: usualCodes,
});

export const inspect = spec({
  summary: 'Print all that is known of containers, images and volumes',
  usage: 'inspect [OPTIONS] NAME [NAME...]',
  about: `Prints all that is known of containers, or of images and volumes where there is no container of that name, as a
JSON list.`,
  options: {
    format: {
      ...formatOption.format,
      short: 'f',
      complete: ['{{.State.Status}}', '{{.State.Pid}}', '{{json .Config}}'],
      about: "as the template says, with Docker's names: '{{.State.Status}}', '{{json .Config.Env}}'",
    },
    type: {
      value: 'TYPE',
      complete: ['container', 'image', 'volume'],
      about: 'only a container, image or volume of that name',
    },
    json: { about: 'as it is anyway' },
  },
  operands: { atLeast: 1, atMost: any, complete: ['image-or-container'] },
  examples: [
    { line: 'inspect web', about: 'everything' },
    { line: "inspect -f '{{.State.Pid}}' web", about: 'one thing' },
    { line: 'inspect --type image alpine', about: 'an image' },
  ],
  exitCodes: codesForEach,
  refused: { size: { short: 's', hint: 'tctl ps -s tells the sizes.' } },
});

export const logs = spec({
  summary: 'Print what a container wrote',
  usage: 'logs [OPTIONS] CONTAINER',
  about: 'Prints what a container wrote: its stdout to stdout, its stderr to stderr.',
  options: {
    follow: { short: 'f', about: 'go on until it ends' },
    since: timeOption('only from then on: 10m (ago), 2026-01-31T10:00:00Z, or seconds since 1970'),
    until: timeOption('only up to then'),
    tail: {
      short: 'n',
      value: 'N',
      complete: ['all', '100'],
      default: 'all',
      about: 'only the last lines, or all',
    },
    timestamps: { short: 't', about: 'with the time of each line' },
    json: { about: 'one JSON object a line: when, which stream, what' },
  },
  operands: { atLeast: 1, atMost: 1, complete: ['container'] },
  examples: [
    { line: 'logs -f web', about: 'as it comes' },
    { line: 'logs --since 10m -t web', about: 'of the last ten minutes, with times' },
  ],
  exitCodes: usualCodes,
  refused: { details: { hint: 'Logs have no details here.' } },
});

export const events = spec({
  summary: 'Print what happens to containers',
  usage: 'events [OPTIONS]',
  about: 'Prints what happens to containers, as it happens.',
  options: {
    since: timeOption('begin with what happened from then on: 10m (ago), or a date'),
    until: timeOption('end then'),
    filter: filter(['container=', 'event='], 'container=NAME or event=start|exit|oom|...'),
    ...formatOption,
    json: { about: 'one JSON object a line' },
  },
  operands: noOperands,
  examples: [
    { line: 'events --filter event=oom', about: 'who runs out of memory' },
    { line: 'events --since 1h --until 0s --json', about: 'of the last hour, and stop' },
  ],
  exitCodes: usualCodes,
});

export const cp = spec({
  summary: 'Copy files between a container and the host',
  usage: 'cp [OPTIONS] (CONTAINER:SRC (DST | -) | (SRC | -) CONTAINER:DST)',
  about: `Copies files and directories between a container, whether it runs or not, and the host. Into a directory that is
there; SRC/. is what is in a directory. Links stay links, and none leads out of the container. For DST, - writes a tar
archive to stdout; for SRC it takes one (plain, gzip or zstd) from stdin, which is unpacked in $TMPDIR first.`,
  options: { archive: { short: 'a', about: 'keep owners, as the container sees them' } },
  operands: {
    atLeast: 2,
    atMost: 2,
    missing: 'source, or the destination,',
    complete: ['container-path'],
  },
  examples: [
    { line: 'cp web:/var/log/web.log .', about: 'out of it' },
    { line: 'cp ./site/. web:/www', about: 'into it' },
    { line: '$ tctl cp web:/etc - | tar t', about: 'list what would be copied' },
    { line: '$ tar c -C site . | tctl cp - web:/www', about: 'an archive into a directory that is there' },
  ],
  exitCodes: usualCodes,
  refused: {
    'follow-link': { short: 'L', hint: 'Name what the link leads to.' },
    quiet: { short: 'q', hint: 'It says nothing anyway.' },
  },
});

export const diff = spec({
  summary: 'List what a container changed',
  usage: 'diff [OPTIONS] CONTAINER',
  about: 'Lists what a container has added (A), changed (C) and deleted (D) in its image.',
  options: jsonOption,
  operands: { atLeast: 1, atMost: 1, complete: ['container'] },
  examples: [{ line: 'diff web', about: 'e.g. A /run/web.pid' }],
  exitCodes: usualCodes,
});
