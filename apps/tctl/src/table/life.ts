/** Commands that change what becomes of containers. */
import type { OptionTable } from '../cli/options.ts';
import { any, codesForEach, noOperands, spec, usualCodes } from './command-spec.ts';
import { limitOptions } from './option-groups.ts';
import { refusedUpdateOptions } from './refused-options.ts';
import { forceOption, jsonOption, pruneFilterOption } from './shared-options.ts';

export const stopOptions = {
  timeout: {
    short: 't',
    value: 'SECONDS',
    complete: ['10'],
    default: '10, or its --stop-timeout',
    alias: ['time'],
    about: 'kill it after so long',
  },
  signal: {
    short: 's',
    value: 'SIGNAL',
    complete: 'signal',
    default: 'SIGTERM, or its --stop-signal',
    about: 'what asks it to stop',
  },
} as const satisfies OptionTable;

const each = (complete: 'container' | 'running-container' | 'paused-container' | 'stopped-container') =>
  ({ atLeast: 1, atMost: any, complete: [complete] }) as const;

export const stop = spec({
  summary: 'Ask containers to end',
  usage: 'stop [OPTIONS] CONTAINER [CONTAINER...]',
  about: 'Asks containers to end, and kills those that do not.',
  options: stopOptions,
  operands: each('running-container'),
  examples: [
    { line: 'stop web', about: 'it has ten seconds' },
    { line: 'stop -t 60 db web', about: 'they have a minute' },
  ],
  exitCodes: codesForEach,
});

export const restart = spec({
  summary: 'Stop containers and start them',
  usage: 'restart [OPTIONS] CONTAINER [CONTAINER...]',
  about: 'Stops containers where they run, and starts them.',
  options: stopOptions,
  operands: each('container'),
  examples: [{ line: 'restart web', about: 'anew' }],
  exitCodes: codesForEach,
});

export const kill = spec({
  summary: 'Kill containers, or send them a signal',
  usage: 'kill [OPTIONS] CONTAINER [CONTAINER...]',
  about: 'Kills containers, or sends their first process a signal.',
  options: {
    signal: {
      short: 's',
      value: 'SIGNAL',
      complete: 'signal',
      default: 'SIGKILL, which ends all of it',
      about: 'by its name or number',
    },
  },
  operands: each('running-container'),
  examples: [
    { line: 'kill web', about: 'now' },
    { line: 'kill -s HUP web', about: 'it reads its configuration again' },
  ],
  exitCodes: codesForEach,
});

export const pause = spec({
  summary: 'Stop all processes of containers where they are',
  usage: 'pause CONTAINER [CONTAINER...]',
  about: 'Stops all processes of containers where they are.',
  options: {},
  operands: each('running-container'),
  examples: [{ line: 'pause web', about: 'no process of it runs on' }],
  exitCodes: codesForEach,
});

export const unpause = spec({
  summary: 'Let paused containers go on',
  usage: 'unpause CONTAINER [CONTAINER...]',
  about: 'Lets paused containers go on.',
  options: {},
  operands: each('paused-container'),
  examples: [{ line: 'unpause web', about: 'where it was' }],
  exitCodes: codesForEach,
});

export const wait = spec({
  summary: 'Wait until containers have ended',
  usage: 'wait [OPTIONS] CONTAINER [CONTAINER...]',
  about: 'Waits until containers have ended, and prints their exit codes.',
  options: { json: { about: 'a JSON list, with why they ended' } },
  operands: each('running-container'),
  examples: [{ line: 'wait job', about: 'prints e.g. 0' }],
  exitCodes: codesForEach,
});

export const rename = spec({
  summary: 'Give a container another name',
  usage: 'rename CONTAINER NAME',
  about: 'Gives a container another name.',
  options: {},
  operands: {
    atLeast: 2,
    atMost: 2,
    missing: 'container, or its new name,',
    complete: ['container', 'nothing'],
  },
  examples: [{ line: 'rename web old-web', about: 'its id stays' }],
  exitCodes: usualCodes,
});

export const update = spec({
  summary: 'Change the limits of containers',
  usage: 'update [OPTIONS] CONTAINER [CONTAINER...]',
  about: 'Changes the limits of containers, at once where they run. max lifts one.',
  options: limitOptions,
  operands: each('container'),
  examples: [
    { line: 'update -m 128m --pids 50 web', about: 'two limits at once' },
    { line: 'update --cpus max web', about: 'no limit any more' },
  ],
  exitCodes: codesForEach,
  refused: refusedUpdateOptions,
});

export const rm = spec({
  summary: 'Remove containers',
  usage: 'rm [OPTIONS] CONTAINER [CONTAINER...]',
  about: 'Removes containers, their logs and what they wrote to disk. Volumes stay.',
  options: {
    force: { short: 'f', about: 'kill those that run; it is no error where there is none' },
    volumes: { short: 'v', about: 'volumes without a name of yours, too: those that its image asked for' },
  },
  operands: each('container'),
  examples: [
    { line: 'rm job', about: 'it has ended' },
    { line: 'rm -f web', about: 'it may run' },
    { line: '$ tctl rm -f $(tctl ps -aq)', about: 'all' },
  ],
  exitCodes: codesForEach,
  refused: { link: { short: 'l', hint: 'There are no links.' } },
});

export const prune = spec({
  summary: 'Remove all containers that have ended',
  usage: 'prune [OPTIONS]',
  about: 'Removes all containers that have ended, and prints their ids. Volumes stay.',
  options: {
    all: { short: 'a', about: 'those that were never started, too' },
    ...pruneFilterOption,
    ...forceOption,
    ...jsonOption,
  },
  operands: noOperands,
  examples: [{ line: 'prune', about: 'what runs stays' }],
  exitCodes: usualCodes,
});
