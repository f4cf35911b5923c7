import { type Mount, parseMount, parseTmpfs, type RunOptions } from '@tc/core';
import type { OptionValues } from '../cli/options.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { fileOptions } from '../table/option-groups.ts';

type Values = OptionValues<typeof fileOptions>;

/** In the order of the options' kinds: a tmpfs may lie in a volume. */
export function toMounts(values: Values): NonNullable<RunOptions['mounts']> {
  const shared = values['shm-size'];
  return [
    ...(shared === undefined ? [] : [parseTmpfs(`/dev/shm:size=${shared},mode=1777`)]),
    ...(values.volume ?? []).map(parseMount),
    ...(values.mount ?? []).map(parseMountOption),
    ...(values.tmpfs ?? []).map(parseTmpfs),
  ];
}

/** Docker's other names for a key. */
const aliases: Readonly<Record<string, string>> = {
  src: 'source',
  dst: 'target',
  destination: 'target',
  ro: 'readonly',
};
const keysOf: Readonly<Record<string, readonly string[]>> = {
  bind: ['source', 'bind-propagation', 'bind-recursive'],
  volume: ['source'],
  tmpfs: ['tmpfs-size', 'tmpfs-mode'],
};

/** `type=bind,source=/a,target=/b,readonly`. @throws UsageError */
export function parseMountOption(text: string): Mount {
  const refuse = (problem: string, hint?: string) =>
    new UsageError(`--mount ${JSON.stringify(text)}: ${problem}`, hint);
  const given = new Map<string, string>();
  for (const field of text.split(',')) {
    const equals = field.indexOf('=');
    const word = equals === -1 ? field : field.slice(0, equals);
    const key = Object.hasOwn(aliases, word) ? (aliases[word] ?? word) : word;
    if (equals === -1 && key !== 'readonly') throw refuse(`${JSON.stringify(field)} has no value`);
    if (given.has(key)) throw refuse(`it has ${key} twice`);
    given.set(key, equals === -1 ? 'true' : field.slice(equals + 1));
  }
  const type = given.get('type') ?? 'volume';
  const known = Object.hasOwn(keysOf, type) ? keysOf[type] : undefined;
  if (known === undefined)
    throw refuse(`no type ${JSON.stringify(type)}`, 'Types are bind, volume and tmpfs.');
  const allowed = ['type', 'target', 'readonly', ...known];
  for (const key of given.keys()) {
    if (!allowed.includes(key))
      throw refuse(`${JSON.stringify(key)} is not for a ${type}`, `It has ${allowed.join(', ')}.`);
  }
  const target = given.get('target');
  const source = given.get('source');
  if (!target) throw refuse('it has no target', 'Add target=DIR.');
  if (type !== 'tmpfs' && !source) throw refuse('it has no source', 'Add source=DIR, or a volume’s name.');
  const readOnly = truth(given.get('readonly'), refuse);
  if (type === 'tmpfs') return tmpfs(target, readOnly, given, refuse);
  if (type === 'volume') return { type: 'volume', source: source ?? '', target, readOnly };
  const propagation = given.get('bind-propagation');
  const recursive = given.get('bind-recursive');
  if (recursive !== undefined && recursive !== 'enabled' && recursive !== 'disabled')
    throw refuse('bind-recursive is enabled or disabled');
  // parseMount knows the names of propagation; a colon can't be in what it is given.
  const spread = propagation === undefined ? {} : parseMount(`/x:/x:${propagation}`);
  return {
    ...spread,
    source: source ?? '',
    target,
    readOnly,
    ...(recursive === 'disabled' && { recursive: false }),
  } as Mount;
}

type Refuse = (problem: string, hint?: string) => UsageError;

function truth(text: string | undefined, refuse: Refuse): boolean {
  if (text === undefined || text === 'false' || text === '0') return false;
  if (text === 'true' || text === '1') return true;
  throw refuse('readonly is true or false');
}

function tmpfs(target: string, readOnly: boolean, given: Map<string, string>, refuse: Refuse): Mount {
  const [size, mode] = [given.get('tmpfs-size'), given.get('tmpfs-mode')];
  if (mode !== undefined && !/^[0-7]{1,5}$/.test(mode)) throw refuse('tmpfs-mode is octal: 1777');
  return {
    type: 'tmpfs',
    target,
    readOnly,
    ...(size === undefined ? {} : { size }),
    ...(mode === undefined ? {} : { mode: Number.parseInt(mode, 8) }),
  };
}
