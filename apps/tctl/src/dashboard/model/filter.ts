import type { Row } from './row.ts';

/** Whether a row has all words of a filter somewhere, and none of those behind a `!`. */
export function makeFilter(text: string): (row: Row) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  return (row) => {
    const own = searchedText(row);
    return words.every((word) => {
      const isNot = word.length > 1 && word.startsWith('!');
      return own.includes(isNot ? word.slice(1) : word) !== isNot;
    });
  };
}

/** By what stays the same from frame to frame: the container's facts, or the cgroup. */
const searched = new WeakMap<object, string>();

function searchedText({ name, key, state, facts, sample }: Row): string {
  const lasting = facts ?? sample?.cgroup;
  const known = lasting && searched.get(lasting);
  if (known !== undefined) return known;
  const { image = '', command = [], group = '' } = facts ?? {};
  const path = sample?.cgroup.path ?? facts?.cgroupPath ?? '';
  const text = [name, key, state, image, group, path, sample?.cgroup.kind ?? '', ...command]
    .join('\n')
    .toLowerCase();
  if (lasting !== undefined) searched.set(lasting, text);
  return text;
}

/** Where in a name the words of a filter are, for showing them. */
export function findMatch(name: string, text: string): readonly [from: number, to: number] | undefined {
  for (const word of text.toLowerCase().split(/\s+/).filter(Boolean)) {
    const from = name.toLowerCase().indexOf(word);
    if (from !== -1) return [from, from + word.length];
  }
  return undefined;
}
