import type { Case } from '../interleave.ts';
import { timeCommands } from '../time-commands.ts';
import type { Workplace } from '../workplace.ts';

function commandCase(name: string, command: readonly string[]): Case {
  return { name, measure: (atOnce) => timeCommands(Array.from({ length: atOnce }, () => command)) };
}

export function bwrapCommand({ rootfs }: Workplace, args: readonly string[]): string[] {
  const mounts = ['--bind', rootfs, '/', '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'];
  return ['bwrap', '--unshare-all', '--die-with-parent', ...mounts, ...args];
}

export function otherCases(place: Workplace): Case[] {
  const { rootfs } = place;
  return [
    commandCase('bwrap (no cgroups)', bwrapCommand(place, ['true'])),
    commandCase('unshare, chroot (no mounts, no cgroups)', [
      'unshare',
      '-fpmuin',
      `--mount-proc=${rootfs}/proc`,
      'chroot',
      rootfs,
      '/bin/true',
    ]),
  ];
}

/** What the floor is: a process without a container, and a Node.js that does nothing. */
export function referenceCases(): Case[] {
  return [
    commandCase('/bin/true, no container', ['/bin/true']),
    commandCase('node -e 0', [process.execPath, '-e', '0']),
  ];
}
