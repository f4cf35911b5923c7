/** Commands that run something. */
import { any, codesOfCommand, spec } from './command-spec.ts';
import { processOptions } from './option-groups.ts';
import { refusedExecOptions, refusedRunOptions, refusedStartOptions } from './refused-options.ts';
import { containerOptions, runOptions } from './run-options.ts';
import { detachOptions } from './shared-options.ts';

export const run = spec({
  summary: 'Run a command in a new container',
  usage: 'run [OPTIONS] (IMAGE | --rootfs DIR) [COMMAND] [ARG...]',
  about: `Runs a command in a new container and exits with its exit code; the container is removed then. With -d it
runs by itself, and stays until tctl rm. The image host is made of this machine's own programs; tctl images lists the
others, and one that is missing is pulled.`,
  options: runOptions,
  operands: { atLeast: 0, atMost: any, missing: 'image', complete: ['image', 'command', 'file'] },
  runsCommand: true,
  examples: [
    { line: 'run host sh -c "hostname; ps"', about: 'a shell script, with this machine’s own programs' },
    { line: 'run -it -m 64m --pids 20 host sh', about: 'a shell to try things in' },
    { line: 'run -d --name web -v site:/www alpine httpd -f -h /www', about: 'a server, and a volume' },
    {
      line: 'run --read-only --timeout 5s --rootfs ./tree /bin/check',
      about: 'a directory in place of an image',
    },
    { line: 'run --dry-run host true', about: 'see every system call that makes a container' },
  ],
  exitCodes: codesOfCommand,
  refused: refusedRunOptions,
});

export const create = spec({
  summary: 'Make a container without starting it',
  usage: 'create [OPTIONS] (IMAGE | --rootfs DIR) [COMMAND] [ARG...]',
  about: 'Makes a container and prints its id. tctl start starts it; it runs by itself then.',
  options: containerOptions,
  operands: { atLeast: 0, atMost: any, missing: 'image', complete: ['image', 'command', 'file'] },
  runsCommand: true,
  examples: [
    { line: 'create --name job -m 256m alpine sh -c "sleep 1; echo done"', about: 'to be started later' },
    { line: 'create -it --name box host sh', about: 'tctl start -ai box sits down at it' },
  ],
  exitCodes: { 0: 'it is made', ...codesOfCommand },
  refused: refusedRunOptions,
});

export const exec = spec({
  summary: 'Run one more command in a container',
  usage: 'exec [OPTIONS] CONTAINER COMMAND [ARG...]',
  about: 'Runs one more command in a running container and exits with its exit code. It ends with tctl.',
  options: {
    interactive: { short: 'i', about: 'pass stdin on' },
    tty: { short: 't', about: 'give it a terminal' },
    ...processOptions,
    timeout: { value: 'TIME', complete: ['5s', '1m'], about: 'kill it after e.g. 5s' },
  },
  operands: { atLeast: 1, atMost: any, complete: ['running-container', 'command', 'file'] },
  runsCommand: true,
  examples: [
    { line: 'exec -it web sh', about: 'a shell in it' },
    { line: 'exec -u 1000 -e DEBUG=1 web ./check', about: 'as a user, with a variable' },
  ],
  exitCodes: codesOfCommand,
  refused: refusedExecOptions,
});

export const start = spec({
  summary: 'Start containers',
  usage: 'start [OPTIONS] CONTAINER [CONTAINER...]',
  about: 'Starts containers. With -a it shows what one writes, and exits with its exit code.',
  options: {
    attach: { short: 'a', about: 'stay at it: show what it writes' },
    interactive: { short: 'i', about: 'and pass stdin on to it' },
    ...detachOptions,
  },
  operands: { atLeast: 1, atMost: any, complete: ['stopped-container'] },
  examples: [
    { line: 'start db web', about: 'both' },
    { line: 'start -ai box', about: 'and sit down at it' },
  ],
  exitCodes: { 0: 'all of them run', 1: 'one of them at least does not', ...codesOfCommand },
  refused: refusedStartOptions,
});

export const attach = spec({
  summary: 'Sit down at a container that runs',
  usage: 'attach [OPTIONS] CONTAINER',
  about: `Shows what a running container writes from now on, and passes stdin and signals on to it. Exits with its exit
code. The detach keys leave it to itself where it has a terminal; where it has none, Ctrl-C is for it, too. Several may
sit at one container.`,
  options: { ...detachOptions, 'no-stdin': { about: 'only look' } },
  operands: { atLeast: 1, atMost: 1, complete: ['running-container'] },
  examples: [{ line: 'attach box', about: 'Ctrl-P Ctrl-Q leaves it to itself' }],
  exitCodes: {
    0: 'somebody has left it to itself',
    1: 'it is not there, or does not run',
    ...codesOfCommand,
  },
  refused: {
    'sig-proxy': { hint: 'Signals reach a container without a terminal; --no-stdin only looks at one with.' },
  },
});
