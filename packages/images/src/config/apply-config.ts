/** How an image wants to be run, and what the user says to that, as Docker puts the two together. Pure. */
import { TcError } from '@tc/linux';
import type { ImageSettings } from '../oci/image-config.ts';

export interface UserSays {
  /** What stands after the image on the command line. */
  readonly args: readonly string[];
  /** One word; an empty one takes the image's away. The image's Cmd goes with it. */
  readonly entrypoint?: string | readonly string[] | undefined;
  /** Undefined takes a variable of the image away. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly cwd?: string | undefined;
  readonly user?: string | undefined;
  readonly stopSignal?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Where something is mounted already: the image's volumes there are not made. */
  readonly mountTargets?: readonly string[] | undefined;
}

export interface Applied {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** As it is named: `resolveUser` finds its ids. Undefined: root. */
  readonly user: string | undefined;
  readonly stopSignal: NodeJS.Signals | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Directories that want a volume of their own. */
  readonly volumes: readonly string[];
}

/** @throws TcError IMAGE_COMMAND where there is none */
export function applyConfig(settings: ImageSettings, says: UserSays): Applied {
  const command = commandOf(settings, says);
  if (command.length === 0) {
    throw new TcError('the image has no command, and none was given', {
      code: 'IMAGE_COMMAND',
      operation: 'run the image',
      hint: 'Name the program to run after the image.',
    });
  }
  return {
    command,
    env: { ...variablesOf(settings.env), ...says.env },
    cwd: says.cwd ?? absolute(settings.workingDir ?? '/'),
    user: says.user ?? settings.user,
    stopSignal: signalName(says.stopSignal ?? settings.stopSignal),
    labels: { ...settings.labels, ...says.labels },
    volumes: settings.volumes
      .map(absolute)
      .filter((path) => path !== '/' && !(says.mountTargets ?? []).map(absolute).includes(path)),
  };
}

function commandOf({ entrypoint, cmd }: ImageSettings, says: UserSays): string[] {
  if (says.entrypoint !== undefined) {
    const given = typeof says.entrypoint === 'string' ? [says.entrypoint] : says.entrypoint;
    return [...given.filter((word) => word !== ''), ...says.args];
  }
  return [...entrypoint, ...(says.args.length > 0 ? says.args : cmd)];
}

/** A text without `=` is a variable without a value: Docker leaves those out. */
function variablesOf(env: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    env.flatMap((text) => {
      const equals = text.indexOf('=');
      return equals < 1 ? [] : [[text.slice(0, equals), text.slice(equals + 1)]];
    }),
  );
}

function absolute(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

// signal(7), x86 and ARM.
const signals: readonly NodeJS.Signals[] = [
  ...([
    'SIGHUP',
    'SIGINT',
    'SIGQUIT',
    'SIGILL',
    'SIGTRAP',
    'SIGABRT',
    'SIGBUS',
    'SIGFPE',
    'SIGKILL',
    'SIGUSR1',
  ] as const),
  ...([
    'SIGSEGV',
    'SIGUSR2',
    'SIGPIPE',
    'SIGALRM',
    'SIGTERM',
    'SIGSTKFLT',
    'SIGCHLD',
    'SIGCONT',
    'SIGSTOP',
  ] as const),
  ...([
    'SIGTSTP',
    'SIGTTIN',
    'SIGTTOU',
    'SIGURG',
    'SIGXCPU',
    'SIGXFSZ',
    'SIGVTALRM',
    'SIGPROF',
    'SIGWINCH',
  ] as const),
  ...(['SIGIO', 'SIGPWR', 'SIGSYS'] as const),
];

/** `SIGQUIT`, `QUIT` or `3`; undefined for what has no such name, such as RTMIN+3: then it is SIGTERM. */
function signalName(text: string | undefined): NodeJS.Signals | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return signals[Number(text) - 1];
  const name = `SIG${text.toUpperCase().replace(/^SIG/, '')}`;
  return signals.find((each) => each === name);
}
