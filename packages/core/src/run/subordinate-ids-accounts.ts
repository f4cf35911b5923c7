/** Names and numbers of users and groups: passwd(5), group(5). Pure: text to value. */

export interface Account {
  readonly name: string;
  readonly id: number;
  /** passwd(5) only: the primary group. */
  readonly gid: number | undefined;
}

/** Both files begin alike: name, password, number. Lines with anything else there are nobody's. */
const LINE = /^([^:\s]+):[^:]*:(\d{1,10})(?::(\d{1,10}))?:/;

export function parseAccounts(text: string): Account[] {
  return text.split('\n').flatMap((line) => {
    const [, name, id, gid] = LINE.exec(line) ?? [];
    if (name === undefined) return [];
    return { name, id: Number(id), gid: gid === undefined ? undefined : Number(gid) };
  });
}

/** The first with a number, as getpwuid(3) answers. */
export function accountOf(text: string, id: number): Account | undefined {
  return parseAccounts(text).find((account) => account.id === id);
}
