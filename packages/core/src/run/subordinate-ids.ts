/** The ids that /etc/subuid and /etc/subgid lend to users: subuid(5), subgid(5). Pure: text to value. */

/** So many ids of the host from the first on. */
export interface IdRange {
  readonly first: number;
  readonly count: number;
}

/** 2^32 - 1 is no id: the calls that set one take it as "leave it as it is" (setresuid(2)). */
const END_OF_IDS = 2 ** 32 - 1;

const LINE = /^([^:\s]+):(\d{1,10}):(\d{1,10})$/;

/**
 * The ranges of one owner, whom a line names by name or by uid, in the file's order. Lines that newuidmap(1) would not
 * take are passed over, and so are ranges with the host's root, with ids that don't exist, or with ids of a range
 * before: the kernel takes no map with those.
 */
export function subordinateRanges(text: string, owners: readonly string[]): IdRange[] {
  const ranges: IdRange[] = [];
  for (const { owner, ...range } of parse(text)) {
    if (!owners.includes(owner) || ranges.some((each) => overlaps(each, range))) continue;
    ranges.push(range);
  }
  return ranges;
}

/** Those of everybody. */
export function allSubordinateRanges(text: string): IdRange[] {
  return parse(text);
}

function parse(text: string): (IdRange & { owner: string })[] {
  return text.split('\n').flatMap((line) => {
    const [, owner = '', first, count] = LINE.exec(line) ?? [];
    const range = { owner, first: Number(first), count: Number(count) };
    const usable = range.first > 0 && range.count > 0 && range.first + range.count <= END_OF_IDS;
    return usable ? range : [];
  });
}

export function overlaps(a: IdRange, b: IdRange): boolean {
  return a.first < b.first + b.count && b.first < a.first + a.count;
}

/** How many ids one user gets, as useradd(8) gives them. */
export const BLOCK_SIZE = 65536;
const FIRST_BLOCK = 100_000;

/**
 * The first block of 65536 ids from 100000 on that has none of these.
 * @returns undefined where there is none below 2^31, which some programs take for a sign.
 */
export function freeBlock(taken: readonly IdRange[]): IdRange | undefined {
  for (let first = FIRST_BLOCK; first + BLOCK_SIZE <= 2 ** 31; first += BLOCK_SIZE) {
    const block = { first, count: BLOCK_SIZE };
    if (!taken.some((range) => overlaps(range, block))) return block;
  }
  return undefined;
}
