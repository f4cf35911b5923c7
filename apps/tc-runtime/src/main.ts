/** tc-runtime: the command line of runc, for engines. */
import { defaultOciRoot, OciStore, ociVersion } from '@tc/core/oci';
import { exitNow, isLibcLoaded } from '@tc/linux';
import { type Arguments, type Options, parseArguments, usage } from './arguments.ts';
import { commands } from './commands/commands.ts';
import { type Log, logWarningsTo, reportError, writeLog, writeOut } from './report.ts';
import { version } from './version.ts';

const globals: Options = {
  root: { kind: 'value', about: 'where the states of containers are kept' },
  log: { kind: 'value', about: 'a file for errors' },
  'log-format': { kind: 'value', about: 'text or json' },
  debug: { kind: 'flag', about: 'log what is called' },
  'systemd-cgroup': {
    kind: 'flag',
    about: 'cgroups are scopes of systemd’s, and cgroupsPath SLICE:PREFIX:NAME',
  },
  rootless: { kind: 'value', about: 'true, false or auto: passed over, whoever calls is known' },
  criu: { kind: 'value', about: 'passed over: there are no checkpoints' },
  version: { kind: 'flag', short: 'v', about: 'print the version' },
  help: { kind: 'flag', short: 'h', about: 'print this' },
};

export async function main(words: readonly string[]): Promise<void> {
  let log: Log = { path: undefined, format: 'text', debug: false };
  let code = 1;
  try {
    const args = parseArguments(words, globals);
    log = {
      path: args.value('log'),
      format: args.value('log-format') === 'json' ? 'json' : 'text',
      debug: args.has('debug'),
    };
    logWarningsTo(log);
    if (log.debug) writeLog('debug', `called: ${JSON.stringify(words)}`, log);
    code = await dispatch(args);
  } catch (error) {
    reportError(error, log);
  }
  // Whoever started this waits for it: nothing that is still open is worth waiting for.
  if (isLibcLoaded()) exitNow(code);
  process.exit(code); // loading libc for exitNow() would take longer than this does
}

async function dispatch(args: Arguments): Promise<number> {
  if (args.has('version')) {
    writeOut(`tc-runtime version ${version}\nspec: ${ociVersion.most}\n`);
    return 0;
  }
  const [name, ...rest] = args.positional;
  if (args.has('help') || name === undefined || name === 'help') {
    writeOut(help());
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw usage(`there is no command ${JSON.stringify(name)}`);
  if (rest[0] === '--help' || rest[0] === '-h') {
    writeOut(`${command.about}\n\nUsage: tc-runtime ${command.usage}\n${listOptions(command.options)}`);
    return 0;
  }
  const systemdCgroup = args.has('systemd-cgroup');
  return command.run(parseArguments(rest, command.options), new OciStore(rootOf(args)), { systemdCgroup });
}

function rootOf(args: Arguments): string {
  return args.value('root') || defaultOciRoot();
}

function help(): string {
  const width = Math.max(...Object.keys(commands).map(({ length }) => length));
  const lines = Object.entries(commands).map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`);
  return `tc-runtime ${version}: an OCI runtime, for podman, containerd and other engines

Usage: tc-runtime [OPTIONS] COMMAND [OPTIONS] [ARGUMENT...]

${lines.join('\n')}
${listOptions(globals)}
tc-runtime COMMAND --help tells more.
`;
}

function listOptions(options: Options): string {
  const rows = Object.entries(options).map(([name, { kind, short, about }]) => {
    const value = kind === 'flag' ? '' : ' VALUE';
    return [`${short === undefined ? '' : `-${short}, `}--${name}${value}`, about] as const;
  });
  if (rows.length === 0) return '';
  const width = Math.max(...rows.map(([left]) => left.length));
  return `\n${rows.map(([left, about]) => `  ${left.padEnd(width)}  ${about}`).join('\n')}\n`;
}
