import { exitCodes } from './cli/exit-code.ts';
import { nearest } from './cli/options.ts';
import { writeOut } from './cli/output.ts';
import { printError } from './cli/print-error.ts';
import { UsageError } from './cli/usage-error.ts';
import { version } from './version.ts';

interface Command {
  readonly about: string;
  /** @returns the exit code. */
  run(args: readonly string[]): Promise<number>;
}

/** Commands are imported when they are called: start-up pays for one. */
const commands: Readonly<Record<string, Command>> = {
  run: {
    about: 'Run a command in a new container',
    run: async (args) => (await import('./commands/run.ts')).runCommand(args),
  },
  demo: {
    about: 'Show what a container is: its host name, processes, root and limits',
    run: async (args) => (await import('./commands/demo.ts')).demoCommand(args),
  },
};

const usage = `tctl ${version}: containers for Linux

Usage: tctl COMMAND [OPTIONS]

${Object.entries(commands)
  .map(([name, { about }]) => `  ${name.padEnd(8)}${about}`)
  .join('\n')}

tctl COMMAND --help tells more.
`;

export async function main(args: readonly string[]): Promise<void> {
  process.exitCode = await dispatch(args).catch((error: unknown) => {
    printError(error);
    return exitCodes.ownError;
  });
}

async function dispatch([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    writeOut(usage);
    return 0;
  }
  if (name === '--version' || name === '-v' || name === 'version') {
    writeOut(`${version}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    const near = nearest(name, Object.keys(commands));
    const hint = near === undefined ? 'tctl --help lists the commands.' : `Did you mean ${near}?`;
    throw new UsageError(`${JSON.stringify(name)} is not a command`, hint);
  }
  return command.run(args);
}
