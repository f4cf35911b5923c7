import type { Command } from './cli/command.ts';
import { exitCodes } from './cli/exit-code.ts';
import { isTerminal } from './cli/is-terminal.ts';
import { writeOut } from './cli/output.ts';
import { printError } from './cli/print-error.ts';
import type { ContainerCommand } from './commands/containers.ts';
import type { ImageCommand } from './commands/images.ts';
import type { MonitorCommand } from './commands/monitor.ts';
import type { OwnCommand } from './commands/own.ts';
import type { CommandName } from './table/commands.ts';
import { version } from './version.ts';

/** Commands are imported when they are called: start-up pays for one. See bundle.mjs. */
type Load = () => Promise<Command>;

const ofContainers =
  (name: ContainerCommand): Load =>
  async () =>
    (await import('./commands/containers.ts')).containerCommands[name];

const ofMonitor =
  (name: MonitorCommand): Load =>
  async () =>
    (await import('./commands/monitor.ts')).monitorCommands[name];

const ofImages =
  (name: ImageCommand): Load =>
  async () =>
    (await import('./commands/images.ts')).imageCommands[name];

/** What tells of tctl itself, and of the table of all commands. */
const own =
  (name: OwnCommand): Load =>
  async () =>
    (await import('./commands/own.ts')).ownCommands[name];

/** It needs no name: `tctl` and `tctl --demo` open it. */
const dashboard: Load = async () => (await import('./dashboard/dashboard.ts')).dashboardCommand;

/** All of the table, and no others. */
const commands: Readonly<Record<CommandName, Load>> = {
  attach: ofContainers('attach'),
  commit: ofImages('commit'),
  completion: own('completion'),
  container: async () => async (args) => dispatch((await import('./commands/own.ts')).withoutGroup(args)),
  cp: ofContainers('cp'),
  create: ofContainers('create'),
  dashboard,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  diff: ofImages('diff'),
  doctor: ofContainers('doctor'),
  events: ofContainers('events'),
  exec: async () => (await import('./commands/exec.ts')).execCommand,
  export: ofImages('export'),
  help: own('help'),
  history: ofImages('history'),
  image: ofImages('image'),
  images: ofImages('images'),
  import: ofImages('import'),
  info: ofImages('info'),
  inspect: ofContainers('inspect'),
  kill: ofContainers('kill'),
  load: ofImages('load'),
  logs: ofContainers('logs'),
  man: own('man'),
  metrics: ofMonitor('metrics'),
  pause: ofContainers('pause'),
  prune: ofContainers('prune'),
  ps: async () => (await import('./commands/ps.ts')).psCommand,
  pull: ofImages('pull'),
  push: ofImages('push'),
  record: ofMonitor('record'),
  rename: ofContainers('rename'),
  replay: async () => (await import('./dashboard/dashboard.ts')).replayCommand,
  restart: ofContainers('restart'),
  rm: ofContainers('rm'),
  rmi: ofImages('rmi'),
  run: async () => (await import('./commands/run.ts')).runCommand,
  save: ofImages('save'),
  spec: async () => (await import('./commands/spec.ts')).specCommand,
  start: ofContainers('start'),
  stats: ofMonitor('stats'),
  stop: ofContainers('stop'),
  system: ofImages('system'),
  tag: ofImages('tag'),
  top: ofMonitor('top'),
  unpause: ofContainers('unpause'),
  update: ofContainers('update'),
  version: own('version'),
  volume: ofContainers('volume'),
  wait: ofContainers('wait'),
};

export async function main(args: readonly string[]): Promise<void> {
  process.exitCode = await dispatch(args).catch((error: unknown) => {
    printError(error);
    return exitCodes.ownError;
  });
}

/** @throws UsageError */
async function dispatch([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined && isTerminal(0) && isTerminal(1)) return (await dashboard())([]);
  if (name === undefined || name === '--help' || name === '-h') return (await own('help')())([]);
  if (name === '--version' || name === '-v') {
    writeOut(`${version}\n`);
    return 0;
  }
  if (name.startsWith('-')) return (await dashboard())([name, ...args]);
  if (Object.hasOwn(commands, name)) return (await commands[name as CommandName]())(args);
  // What the scripts of tctl completion call.
  if (name === '__complete') return (await import('./commands/own.ts')).completeCommand(args);
  throw (await import('./commands/own.ts')).noSuchCommand(name);
}
