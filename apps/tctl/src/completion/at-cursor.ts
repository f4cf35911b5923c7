/** What stands before the cursor, as the command would read it. */
import type { Completion, OptionSpec, OptionTable } from '../cli/options.ts';
import { type CommandSpec, isGroup } from '../table/command-spec.ts';
import { entryOf, findSpec } from '../table/commands.ts';
import { helpOption } from '../table/shared-options.ts';

export type AtCursor =
  /** The name of a command, or of one below `group`. */
  | { readonly kind: 'command'; readonly group?: string }
  | { readonly kind: 'option'; readonly options: OptionTable }
  /** A value, or an operand. `prefix` stands before it in the same word: `--name=`. */
  | { readonly kind: 'value'; readonly complete: Completion; readonly prefix: string }
  | { readonly kind: 'nothing' };

const nothing = { kind: 'nothing' } as const;

/** @param words without `tctl`; the last one is being written */
export function atCursor(words: readonly string[]): AtCursor {
  const [name, ...args] = words;
  if (args.length === 0) {
    if (!name?.startsWith('-')) return { kind: 'command' };
    return inCommand(findSpec(['dashboard']), words);
  }
  if (name?.startsWith('-')) return inCommand(findSpec(['dashboard']), words);
  if (name === 'help') return helpWords(args);
  const entry = entryOf(name);
  if (name === undefined || entry === undefined) return nothing;
  if (!isGroup(entry)) return inCommand(entry, args);
  if (args.length === 1) return { kind: 'command', group: name };
  return inCommand(findSpec([name, args[0] ?? '']), args.slice(1));
}

function helpWords(args: readonly string[]): AtCursor {
  if (args.length === 1) return { kind: 'command' };
  const entry = entryOf(args[0]);
  const isBelow = args.length === 2 && entry !== undefined && isGroup(entry);
  return isBelow ? { kind: 'command', group: args[0] ?? '' } : nothing;
}

function inCommand(command: CommandSpec | undefined, args: readonly string[]): AtCursor {
  if (command === undefined) return nothing;
  const options: OptionTable = { ...command.options, ...helpOption };
  const current = args.at(-1) ?? '';
  const { pending, given, operands, areOver } = read(command, options, args.slice(0, -1));
  if (pending !== undefined) return ofOption(pending, '');
  if (!areOver && current.startsWith('--') && current.includes('=')) {
    const name = current.slice(2, current.indexOf('='));
    return ofOption(optionOf(options, name), `--${name}=`);
  }
  if (!areOver && current.startsWith('-')) {
    const left = Object.entries(options).filter(([name, { multiple }]) => multiple || !given.has(name));
    return { kind: 'option', options: Object.fromEntries(left) };
  }
  if (operands >= command.operands.atMost) return nothing;
  const { complete } = command.operands;
  // A directory takes the place of the image.
  const index = operands + (given.has('rootfs') && command.runsCommand ? 1 : 0);
  return { kind: 'value', complete: complete[index] ?? complete.at(-1) ?? 'nothing', prefix: '' };
}

function ofOption(option: OptionSpec | undefined, prefix: string): AtCursor {
  return option?.complete === undefined ? nothing : { kind: 'value', complete: option.complete, prefix };
}

interface Read {
  /** The option that waits for its value. */
  readonly pending: OptionSpec | undefined;
  readonly given: ReadonlySet<string>;
  readonly operands: number;
  /** What follows is no option. */
  readonly areOver: boolean;
}

function read(command: CommandSpec, options: OptionTable, args: readonly string[]): Read {
  const given = new Set<string>();
  let pending: OptionSpec | undefined;
  let [operands, areOver] = [0, false];
  for (const arg of args) {
    if (pending !== undefined) pending = undefined;
    else if (areOver || arg === '-' || !arg.startsWith('-')) {
      operands += 1;
      areOver ||= command.runsCommand ?? false;
    } else if (arg === '--') areOver = true;
    else if (arg.startsWith('--')) {
      const [name = ''] = arg.slice(2).split('=', 1);
      given.add(name);
      if (!arg.includes('=') && optionOf(options, name)?.value !== undefined)
        pending = optionOf(options, name);
    } else pending = readCluster(arg.slice(1), options, given);
  }
  return { pending, given, operands, areOver };
}

/** `-itm`: what follows the letter of an option with a value is that value. */
function readCluster(letters: string, options: OptionTable, given: Set<string>): OptionSpec | undefined {
  for (const [at, letter] of [...letters].entries()) {
    const [name, option] = Object.entries(options).find(([, { short }]) => short === letter) ?? [];
    if (name === undefined || option === undefined) return undefined;
    given.add(name);
    if (option.value !== undefined) return at === letters.length - 1 ? option : undefined;
  }
  return undefined;
}

function optionOf(options: OptionTable, name: string): OptionSpec | undefined {
  if (Object.hasOwn(options, name)) return options[name];
  return Object.values(options).find(({ alias }) => alias?.includes(name));
}
