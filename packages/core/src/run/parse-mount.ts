/** Mounts as Docker's command line writes them. */
import { invalid } from './invalid.ts';
import type { BindMount, Mount, TmpfsMount } from './options.ts';

const propagations: Readonly<Record<string, NonNullable<BindMount['propagation']>>> = {
  private: 'private',
  rprivate: 'private',
  slave: 'slave',
  rslave: 'slave',
  shared: 'shared',
  rshared: 'shared',
};

/**
 * `SOURCE:TARGET[:OPTIONS]`, where a source without a slash is the name of a volume (but `.` and `..` are directories)
 * and the options are some of `ro`, `rw`, `private`, `slave`, `shared` (also as `rprivate`, ...).
 * @throws TcError INVALID_OPTION
 */
export function parseMount(text: string): Mount {
  const operation = `mount ${text}`;
  const [source, target, options, ...rest] = text.split(':');
  if (!source || !target || options === '' || rest.length > 0) {
    invalid('not a mount', operation, 'Write SOURCE:TARGET, or SOURCE:TARGET:ro.');
  }
  const words = options?.split(',') ?? [];
  const access = words.filter((word) => word === 'ro' || word === 'rw');
  const spread = words.filter((word) => Object.hasOwn(propagations, word));
  if (access.length > 1 || spread.length > 1 || access.length + spread.length < words.length) {
    const hint = 'Options are ro or rw, and private, slave or shared, with a comma between them.';
    invalid(`${JSON.stringify(options)} are not mount options`, operation, hint);
  }
  const readOnly = access[0] === 'ro';
  if (source.includes('/') || source === '.' || source === '..') {
    const propagation = propagations[spread[0] ?? ''];
    return { source, target, readOnly, ...(propagation === undefined ? {} : { propagation }) };
  }
  if (spread.length > 0) {
    invalid(
      `${spread[0]} is not for volumes`,
      operation,
      'A directory of the host has a slash in it: ./NAME.',
    );
  }
  return { type: 'volume', source, target, readOnly };
}

/**
 * `TARGET[:OPTIONS]` of a tmpfs, with some of `size=64m`, `mode=1777`, `ro`, `rw`, and `nosuid` and `nodev`, which it is
 * anyway.
 * @throws TcError INVALID_OPTION
 */
export function parseTmpfs(text: string): TmpfsMount {
  const operation = `mount a tmpfs onto ${text}`;
  const [target = '', options, ...rest] = text.split(':');
  if (target === '' || options === '' || rest.length > 0) {
    invalid('not a tmpfs', operation, 'Write TARGET, or TARGET:size=64m,mode=1777.');
  }
  const mount: TmpfsMount = { type: 'tmpfs', target };
  for (const option of options?.split(',') ?? []) {
    const [name = '', value] = option.split('=', 2);
    if (name === 'size' && value) mount.size = value;
    else if (name === 'mode' && /^[0-7]{1,5}$/.test(value ?? ''))
      mount.mode = Number.parseInt(value ?? '', 8);
    else if (option === 'ro' || option === 'rw') mount.readOnly = option === 'ro';
    else if (option !== 'nosuid' && option !== 'nodev') {
      const hint = 'Options are size=64m, mode=1777 (octal), ro and rw, with a comma between them.';
      invalid(`${JSON.stringify(option)} is not an option of a tmpfs`, operation, hint);
    }
  }
  return mount;
}
