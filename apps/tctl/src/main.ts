import { isatty } from 'node:tty';
import { exitCodes } from './cli/exit-code.ts';
import { writeOut } from './cli/output.ts';
import { printError } from './cli/print-error.ts';
import { type Commands, find, list, type Named } from './cli/subcommands.ts';
import type { ContainerCommand } from './commands/containers.ts';
import type { ImageCommand } from './commands/images.ts';
import type { MonitorCommand } from './commands/monitor.ts';
import { version } from './version.ts';

/** Commands are imported when they are called: start-up pays for one. See bundle.mjs. */
const ofContainers = (name: ContainerCommand, about: string): Named => ({
  about,
  run: async (args) => (await import('./commands/containers.ts')).containerCommands[name](args),
});

const ofMonitor = (name: MonitorCommand, about: string): Named => ({
  about,
  run: async (args) => (await import('./commands/monitor.ts')).monitorCommands[name](args),
});

const ofImages = (name: ImageCommand, about: string): Named => ({
  about,
  run: async (args) => (await import('./commands/images.ts')).imageCommands[name](args),
});

/** It needs no name: `tctl` and `tctl --demo` open it. */
const dashboard: Named = {
  about: 'Show all containers, live: what tctl alone does on a terminal',
  run: async (args) => (await import('./dashboard/dashboard.ts')).dashboardCommand(args),
};

export const commands: Commands = {
  run: {
    about: 'Run a command in a new container',
    run: async (args) => (await import('./commands/run.ts')).runCommand(args),
  },
  exec: ofContainers('exec', 'Run one more command in a container'),
  ps: {
    about: 'List containers',
    run: async (args) => (await import('./commands/ps.ts')).psCommand(args),
  },
  logs: ofContainers('logs', 'Print what a container wrote'),
  attach: ofContainers('attach', 'Sit down at a container that runs'),
  stop: ofContainers('stop', 'Ask containers to end'),
  start: ofContainers('start', 'Start containers'),
  restart: ofContainers('restart', 'Stop containers and start them'),
  kill: ofContainers('kill', 'Kill containers, or send them a signal'),
  pause: ofContainers('pause', 'Stop all processes of containers where they are'),
  unpause: ofContainers('unpause', 'Let paused containers go on'),
  wait: ofContainers('wait', 'Wait until containers have ended'),
  create: ofContainers('create', 'Make a container without starting it'),
  rm: ofContainers('rm', 'Remove containers'),
  prune: ofContainers('prune', 'Remove all containers that have ended'),
  rename: ofContainers('rename', 'Give a container another name'),
  update: ofContainers('update', 'Change the limits of containers'),
  inspect: ofContainers('inspect', 'Print all that is known of containers'),
  events: ofContainers('events', 'Print what happens to containers'),
  stats: ofMonitor('stats', 'Show what containers use, live'),
  top: ofMonitor('top', 'List the processes of a container'),
  record: ofMonitor('record', 'Record what containers use, to be replayed'),
  metrics: ofMonitor('metrics', 'Serve what containers use to Prometheus'),
  cp: ofContainers('cp', 'Copy files between a container and the host'),
  volume: ofContainers('volume', 'List, make and remove volumes'),
  dashboard,
  replay: {
    about: 'Show a recording in the dashboard',
    run: async (args) => (await import('./dashboard/dashboard.ts')).replayCommand(args),
  },
  images: ofImages('images', 'List images'),
  pull: ofImages('pull', 'Get images from a registry'),
  push: ofImages('push', 'Put an image into a registry'),
  import: ofImages('import', 'Make an image of a directory or a tar archive'),
  load: ofImages('load', 'Take images out of an archive'),
  save: ofImages('save', 'Write images as an archive'),
  export: ofImages('export', 'Write the files of a container as a tar archive'),
  commit: ofImages('commit', 'Make an image of what a container wrote'),
  diff: ofImages('diff', 'List what a container changed'),
  tag: ofImages('tag', 'Give an image one more name'),
  rmi: ofImages('rmi', 'Remove images'),
  image: ofImages('image', 'Inspect, verify and prune images'),
  doctor: ofContainers('doctor', 'Check whether this machine has what containers need'),
  demo: {
    about: 'Show what a container is: its host name, processes, root and limits',
    run: async (args) => (await import('./commands/demo.ts')).demoCommand(args),
  },
};

export async function main(args: readonly string[]): Promise<void> {
  process.exitCode = await dispatch(args).catch((error: unknown) => {
    printError(error);
    return exitCodes.ownError;
  });
}

async function dispatch([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined && isatty(0) && isatty(1)) return dashboard.run([]);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    writeOut(`tctl ${version}: containers for Linux

Usage: tctl COMMAND [OPTIONS]
       tctl [OPTIONS]             the dashboard; tctl --demo to try it

${list(commands)}

tctl COMMAND --help tells more.
`);
    return 0;
  }
  if (name === '--version' || name === '-v' || name === 'version') {
    writeOut(`${version}\n`);
    return 0;
  }
  if (name.startsWith('-')) return dashboard.run([name, ...args]);
  return find(commands, name).run(args);
}
