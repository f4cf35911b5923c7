/** Each command: its options, which are runc's, and what it does. */
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type CreateOptions,
  createOci,
  defaultOciConfig,
  deleteOci,
  execOci,
  killOci,
  type OciProcess,
  type OciStore,
  ociFeatures,
  pauseOci,
  pidsOf,
  signalNumber,
  startOci,
  updateOci,
} from '@tc/core/oci';
import { becomeSubreaper, TcError } from '@tc/linux';
import type { Arguments, Options } from './arguments.ts';
import { readJsonOption, usage } from './arguments.ts';
import { withFlags } from './exec-process.ts';
import { follow } from './foreground.ts';
import { stateOf, table } from './lists.ts';
import { writeOut } from './report.ts';
import { resourcesOf, updateOptions } from './update-flags.ts';

export interface Command {
  readonly about: string;
  readonly usage: string;
  readonly options: Options;
  /** @returns the exit code */
  run(args: Arguments, store: OciStore): number | Promise<number>;
}

const making: Options = {
  bundle: { kind: 'value', short: 'b', about: 'the bundle’s directory; by default the current one' },
  'console-socket': { kind: 'value', about: 'a socket that the terminal’s master is passed to' },
  'pid-file': { kind: 'value', about: 'where to write the pid to' },
  'preserve-fds': { kind: 'value', about: 'pass so many descriptors, from 3 on' },
  'no-pivot': { kind: 'flag', about: 'chroot in place of pivot_root, where / is a ramdisk' },
  'no-new-keyring': { kind: 'flag', about: 'leave it the session keyring of the caller' },
};

function createOptions(args: Arguments): CreateOptions {
  return {
    bundle: args.value('bundle') ?? '.',
    pidFile: args.value('pid-file'),
    consoleSocket: args.value('console-socket') || undefined,
    preserveFds: args.number('preserve-fds') ?? 0,
    noPivot: args.has('no-pivot'),
    noNewKeyring: args.has('no-new-keyring'),
  };
}

const detach = { kind: 'flag', short: 'd', about: 'don’t wait for its end' } as const;

export const commands: Readonly<Record<string, Command>> = {
  create: {
    about: 'Make a container; its command waits for start',
    usage: 'create [OPTIONS] ID',
    options: making,
    async run(args, store) {
      await createOci(store, args.id(), createOptions(args));
      return 0;
    },
  },
  start: {
    about: 'Start the command of a container that was made',
    usage: 'start ID',
    options: {},
    run(args, store) {
      startOci(store, args.id());
      return 0;
    },
  },
  run: {
    about: 'Make a container and start it',
    usage: 'run [OPTIONS] ID',
    options: {
      ...making,
      detach,
      keep: { kind: 'flag', about: 'don’t delete it at its end' },
      'no-subreaper': { kind: 'flag', about: 'leave orphans to whoever waits for them (with --detach)' },
    },
    async run(args, store) {
      const id = args.id();
      if (!args.has('detach')) becomeSubreaper();
      const { pid } = await createOci(store, id, createOptions(args));
      try {
        startOci(store, id);
      } catch (error) {
        await deleteOci(store, id, true);
        throw error;
      }
      if (args.has('detach')) return 0;
      const code = await follow(pid);
      if (!args.has('keep')) await deleteOci(store, id, true);
      return code;
    },
  },
  state: {
    about: 'Print what is known of a container, as JSON',
    usage: 'state ID',
    options: {},
    run(args, store) {
      writeOut(`${JSON.stringify(stateOf(store, store.get(args.id())), undefined, 2)}\n`);
      return 0;
    },
  },
  kill: {
    about: 'Send a signal to a container’s first process',
    usage: 'kill [OPTIONS] ID [SIGNAL]',
    options: { all: { kind: 'flag', short: 'a', about: 'to all of its processes' } },
    run(args, store) {
      // runc takes --all after the signal, too, and engines write it there.
      const words = args.positional.slice(1).filter((word) => word !== '--all' && word !== '-a');
      const all = args.has('all') || words.length < args.positional.length - 1;
      killOci(store, args.id(), signalNumber(words[0] ?? 'SIGTERM'), all);
      return 0;
    },
  },
  delete: {
    about: 'Remove a container that has ended',
    usage: 'delete [OPTIONS] ID',
    options: { force: { kind: 'flag', short: 'f', about: 'kill it first; it need not be there either' } },
    async run(args, store) {
      await deleteOci(store, args.id(), args.has('force'));
      return 0;
    },
  },
  exec: {
    about: 'Run one more process in a container',
    usage: 'exec [OPTIONS] ID [COMMAND [ARGUMENT...]]',
    options: {
      process: { kind: 'value', short: 'p', about: 'a file with the process, as in config.json' },
      detach,
      'pid-file': { kind: 'value', about: 'where to write the pid to' },
      'console-socket': { kind: 'value', about: 'a socket that the terminal’s master is passed to' },
      tty: { kind: 'flag', short: 't', about: 'a terminal; needs --console-socket' },
      cwd: { kind: 'value', about: 'the working directory' },
      env: { kind: 'list', short: 'e', about: 'NAME=VALUE' },
      user: { kind: 'value', short: 'u', about: 'UID[:GID]' },
      'additional-gids': { kind: 'list', short: 'g', about: 'further groups' },
      cap: { kind: 'list', short: 'c', about: 'a further capability' },
      'no-new-privs': { kind: 'flag', about: 'set no_new_privs' },
      'preserve-fds': { kind: 'value', about: 'pass so many descriptors, from 3 on' },
      'ignore-paused': { kind: 'flag', about: 'also into a paused container, where it waits' },
      cgroup: { kind: 'value', about: 'not supported' },
      apparmor: { kind: 'value', about: 'not supported' },
      'process-label': { kind: 'value', about: 'not supported' },
    },
    async run(args, store) {
      for (const name of ['cgroup', 'apparmor', 'process-label'])
        if (args.value(name)) throw usage(`--${name} is not supported`);
      const id = args.id();
      const file = args.value('process');
      const given =
        file === undefined
          ? (own: OciProcess) => withFlags(own, args.positional.slice(1), args)
          : readJsonOption('process', file);
      if (!args.has('detach')) becomeSubreaper();
      const pid = await execOci(store, id, given, {
        pidFile: args.value('pid-file'),
        consoleSocket: args.value('console-socket') || undefined,
        preserveFds: args.number('preserve-fds') ?? 0,
        ignorePaused: args.has('ignore-paused'),
      });
      return args.has('detach') ? 0 : follow(pid);
    },
  },
  ps: {
    about: 'List the processes of a container',
    usage: 'ps [OPTIONS] ID',
    options: { format: { kind: 'value', short: 'f', about: 'table or json' } },
    run(args, store) {
      const pids = pidsOf(store.get(args.id()));
      if (args.value('format') === 'json') writeOut(`${JSON.stringify(pids)}\n`);
      else writeOut(table([['PID'], ...pids.map((pid) => [String(pid)])]));
      return 0;
    },
  },
  list: {
    about: 'List containers',
    usage: 'list [OPTIONS]',
    options: {
      format: { kind: 'value', short: 'f', about: 'table or json' },
      quiet: { kind: 'flag', short: 'q', about: 'only ids' },
    },
    run(args, store) {
      const states = store.ids().flatMap((id) => {
        const state = store.find(id);
        return state === undefined ? [] : [stateOf(store, state)];
      });
      if (args.has('quiet')) writeOut(states.map(({ id }) => `${id}\n`).join(''));
      else if (args.value('format') === 'json') writeOut(`${JSON.stringify(states)}\n`);
      else {
        const rows = states.map(({ id, pid, status, bundle, created }) => [
          id,
          String(pid),
          status,
          bundle,
          created,
        ]);
        writeOut(table([['ID', 'PID', 'STATUS', 'BUNDLE', 'CREATED'], ...rows]));
      }
      return 0;
    },
  },
  pause: {
    about: 'Stop all processes of a container where they are',
    usage: 'pause ID',
    options: {},
    async run(args, store) {
      await pauseOci(store, args.id(), true);
      return 0;
    },
  },
  resume: {
    about: 'Let them go on',
    usage: 'resume ID',
    options: {},
    async run(args, store) {
      await pauseOci(store, args.id(), false);
      return 0;
    },
  },
  update: {
    about: 'Change the limits of a container',
    usage: 'update [OPTIONS] ID',
    options: updateOptions,
    run(args, store) {
      updateOci(store, args.id(), resourcesOf(args));
      return 0;
    },
  },
  spec: {
    about: 'Write a config.json to begin with',
    usage: 'spec [OPTIONS]',
    options: {
      bundle: { kind: 'value', short: 'b', about: 'the bundle’s directory; by default the current one' },
    },
    run(args) {
      const path = resolve(join(args.value('bundle') ?? '.', 'config.json'));
      if (existsSync(path)) {
        const hint = 'Remove it first.';
        throw new TcError('it is there already', {
          code: 'CONFIG_EXISTS',
          operation: 'write config.json',
          path,
          hint,
        });
      }
      writeFileSync(path, `${JSON.stringify(defaultOciConfig(), undefined, 2)}\n`);
      return 0;
    },
  },
  features: {
    about: 'Print what this runtime can do, as JSON',
    usage: 'features',
    options: {},
    run() {
      writeOut(`${JSON.stringify(ociFeatures(), undefined, 2)}\n`);
      return 0;
    },
  },
};
