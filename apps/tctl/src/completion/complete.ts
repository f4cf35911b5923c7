/** What may stand where the cursor is. */
import { constants as os } from 'node:os';
import type { Completion, OptionTable } from '../cli/options.ts';
import { isGroup } from '../table/command-spec.ts';
import { commandTable, entryOf } from '../table/commands.ts';
import { atCursor } from './at-cursor.ts';

/** What only the machine knows; asked for when it is needed. */
export interface Sources {
  containers(): Promise<
    readonly { readonly name: string; readonly state: string; readonly image?: string }[]
  >;
  images(): Promise<readonly string[]>;
  volumes(): Promise<readonly string[]>;
  capabilities(): Promise<readonly string[]>;
}

export interface Candidate {
  readonly value: string;
  readonly about?: string;
}

export interface Completions {
  readonly candidates: readonly Candidate[];
  /** What the shell adds, which knows files best. */
  readonly also: 'nothing' | 'files' | 'directories';
}

const none: Completions = { candidates: [], also: 'nothing' };

/** @param words without `tctl`; the last one is being written */
export async function complete(words: readonly string[], sources: Sources): Promise<Completions> {
  const current = words.at(-1) ?? '';
  const place = atCursor(words);
  if (place.kind === 'nothing') return none;
  if (place.kind === 'option') return { candidates: optionsFor(place.options, current), also: 'nothing' };
  if (place.kind === 'command')
    return { candidates: beginning(current, commandsOf(place.group)), also: 'nothing' };
  const { prefix } = place;
  const { candidates, also } = await valuesOf(place.complete, current.slice(prefix.length), sources);
  const whole = candidates.map((each) => ({ ...each, value: prefix + each.value }));
  return { candidates: beginning(current, whole), also };
}

function beginning(start: string, candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(start));
}

function commandsOf(group: string | undefined): Candidate[] {
  const entry = entryOf(group);
  if (entry === undefined)
    return Object.entries(commandTable).map(([value, { summary }]) => ({ value, about: summary }));
  if (!isGroup(entry)) return [];
  return Object.entries(entry.commands).map(([value, each]) => ({
    value,
    about: 'sameAs' in each ? `the same as tctl ${each.sameAs}` : each.summary,
  }));
}

/** A letter is offered where it is all that is asked for. */
function optionsFor(options: OptionTable, current: string): Candidate[] {
  const letters = Object.values(options).flatMap(({ short, about }) =>
    short === undefined || current !== '-' ? [] : [{ value: `-${short}`, about }],
  );
  const long = Object.entries(options).map(([name, { about }]) => ({ value: `--${name}`, about }));
  return beginning(current, [...long, ...letters]);
}

async function valuesOf(wanted: Completion, current: string, sources: Sources): Promise<Completions> {
  const only = (candidates: readonly Candidate[]): Completions => ({ candidates, also: 'nothing' });
  if (typeof wanted !== 'string') return only(wanted.map((value) => ({ value })));
  switch (wanted) {
    case 'nothing':
    case 'command':
      return none;
    case 'file':
      return { candidates: [], also: 'files' };
    case 'directory':
      return { candidates: [], also: 'directories' };
    case 'container':
      return only(await containers(sources));
    case 'running-container':
      return only(await containers(sources, ['running', 'paused']));
    case 'stopped-container':
      return only(await containers(sources, ['created', 'exited']));
    case 'paused-container':
      return only(await containers(sources, ['paused']));
    case 'image':
      return only(await images(sources));
    case 'image-or-container':
      return only([...(await containers(sources)), ...(await images(sources))]);
    case 'volume':
      return only((await sources.volumes()).map((value) => ({ value, about: 'volume' })));
    case 'volume-source':
      return {
        candidates: (await sources.volumes()).map((value) => ({ value: `${value}:`, about: 'volume' })),
        also: 'directories',
      };
    case 'container-path':
      return {
        candidates: (await containers(sources)).map((each) => ({ ...each, value: `${each.value}:` })),
        also: 'files',
      };
    case 'signal':
      return only(signals(current));
    case 'capability':
      return only((await sources.capabilities()).map((value) => ({ value })));
  }
}

async function containers(sources: Sources, states?: readonly string[]): Promise<Candidate[]> {
  const found = await sources.containers();
  return found
    .filter(({ state }) => states === undefined || states.includes(state))
    .map(({ name, state, image }) => ({
      value: name,
      about: image === undefined ? state : `${state}, of ${image}`,
    }));
}

async function images(sources: Sources): Promise<Candidate[]> {
  const names = await sources.images();
  return [{ value: 'host', about: 'this machine’s own programs' }, ...names.map((value) => ({ value }))];
}

/** Both spellings are understood. */
function signals(current: string): Candidate[] {
  const names = Object.keys(os.signals);
  const isShort = current !== '' && !'SIG'.startsWith(current.slice(0, 3));
  return (isShort ? names.map((name) => name.slice('SIG'.length)) : names).map((value) => ({ value }));
}
