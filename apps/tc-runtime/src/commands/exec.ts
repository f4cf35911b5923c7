import { execOci, type OciProcess } from '@tc/core/oci';
import { rawTerminal } from '@tc/core/terminal';
import { becomeSubreaper } from '@tc/linux';
import { readJsonOption } from '../arguments.ts';
import { withFlags } from '../exec-process.ts';
import { follow, passSignals } from '../foreground.ts';
import type { Command } from './command.ts';
import { detach } from './making.ts';

export const exec: Command = {
  about: 'Run one more process in a container',
  usage: 'exec [OPTIONS] ID [COMMAND [ARGUMENT...]]',
  options: {
    process: { kind: 'value', short: 'p', about: 'a file with the process, as in config.json' },
    detach,
    'pid-file': { kind: 'value', about: 'where to write the pid to' },
    'console-socket': { kind: 'value', about: 'a socket that the terminal’s master is passed to' },
    tty: { kind: 'flag', short: 't', about: 'a terminal: that of the caller, or passed to --console-socket' },
    cwd: { kind: 'value', about: 'the working directory' },
    env: { kind: 'list', short: 'e', about: 'NAME=VALUE' },
    user: { kind: 'value', short: 'u', about: 'UID[:GID]' },
    'additional-gids': { kind: 'list', short: 'g', about: 'further groups' },
    cap: { kind: 'list', short: 'c', about: 'a further capability' },
    'no-new-privs': { kind: 'flag', about: 'set no_new_privs' },
    'preserve-fds': { kind: 'value', about: 'pass so many descriptors, from 3 on' },
    'ignore-paused': { kind: 'flag', about: 'also into a paused container, where it waits' },
    cgroup: { kind: 'list', about: '[CONTROLLER:]PATH of a cgroup below the container’s' },
    apparmor: { kind: 'value', about: 'an AppArmor profile' },
    'process-label': { kind: 'value', about: 'a SELinux label' },
  },
  async run(args, store) {
    const id = args.id();
    const file = args.value('process');
    const given =
      file === undefined
        ? (own: OciProcess) => withFlags(own, args.positional.slice(1), args)
        : readJsonOption('process', file);
    const stays = !args.has('detach');
    if (stays) becomeSubreaper();
    using signals = stays ? passSignals() : undefined;
    const { pid, terminal } = await execOci(store, id, given, {
      pidFile: args.value('pid-file'),
      consoleSocket: args.value('console-socket') || undefined,
      preserveFds: args.number('preserve-fds') ?? 0,
      cgroup: args.list('cgroup').filter(Boolean),
      ignorePaused: args.has('ignore-paused'),
      ownTerminal: stays,
    });
    signals?.to(pid, terminal !== undefined);
    using _raw = terminal === undefined ? undefined : rawTerminal(0);
    return stays ? await follow(pid, terminal) : 0;
  },
};
