import type { SpawnRequest } from './actions.ts';

/** The arguments of `tctl run` that make the same: what is shown is what is done. */
export function runArguments(request: SpawnRequest): readonly string[] {
  const { image, rootfs, command, name, memory, pids, cpus, mounts, env, network, tty } = request;
  const options = [
    '-d',
    ...(tty ? ['-t'] : []),
    ...option('--name', name),
    ...option('--memory', memory),
    ...option('--pids', pids),
    ...option('--cpus', cpus),
    ...mounts.flatMap((mount) => option('-v', mount)),
    ...env.flatMap((variable) => option('-e', variable)),
    ...(network === 'none' ? [] : option('--network', network)),
    ...option('--rootfs', rootfs),
  ];
  return [...options, ...operands(image, command)];
}

export function runWords(request: SpawnRequest): readonly string[] {
  return ['tctl', 'run', ...runArguments(request)];
}

/** A value that begins like an option has to be written as part of its own. */
export function option(name: string, value: string | undefined): string[] {
  if (value === undefined || value === '') return [];
  if (!value.startsWith('-')) return [name, value];
  return name.startsWith('--') ? [`${name}=${value}`] : [`${name}${value}`];
}

export function operands(image: string, command: readonly string[]): readonly string[] {
  const words = [...(image === '' ? [] : [image]), ...command];
  return words[0]?.startsWith('-') ? ['--', ...words] : words;
}
