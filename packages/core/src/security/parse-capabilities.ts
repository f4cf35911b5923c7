import { type CapabilityName, capabilityNames } from '@tc/linux';
import { invalid } from '../run/invalid.ts';
import { defaultCapabilities } from './defaults.ts';

/**
 * Docker's `--cap-add` and `--cap-drop`, which start from `defaultCapabilities`: names with or without `CAP_`, in
 * capitals or not, or `ALL`. What is both added and dropped is there, unless all are added.
 * @throws TcError INVALID_OPTION
 */
export function parseCapabilities(changes: {
  add?: readonly string[];
  drop?: readonly string[];
}): CapabilityName[] {
  const [add, drop] = [read(changes.add), read(changes.drop)];
  const base = add.all && !drop.all ? capabilityNames : drop.all ? [] : defaultCapabilities;
  const added = add.all && !drop.all ? [] : add.all ? capabilityNames : add.names;
  return [...new Set([...base.filter((name) => !drop.names.includes(name)), ...added])];
}

function read(texts: readonly string[] = []): { all: boolean; names: readonly CapabilityName[] } {
  const words = texts.map((text) => text.toUpperCase());
  return { all: words.includes('ALL'), names: words.filter((word) => word !== 'ALL').map(nameOf) };
}

function nameOf(word: string): CapabilityName {
  const full = word.startsWith('CAP_') ? word : `CAP_${word}`;
  const name = capabilityNames.find((each) => each === full);
  if (name !== undefined) return name;
  const problem = `${JSON.stringify(word)} is not a capability`;
  return invalid(problem, 'set the capabilities', 'Names are as in capabilities(7), or ALL.');
}
