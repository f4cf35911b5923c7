/** /etc/passwd and /etc/group of an image, which may say anything: passwd(5), group(5). Pure. */

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** At most 31 bits, and nothing but digits: a greater one wraps to another user somewhere (CVE-2024-40635). */
export function parseId(text: string): number | undefined {
  if (!/^(0|[1-9]\d{0,9})$/.test(text)) return undefined;
  const id = Number(text);
  return id <= 0x7fffffff ? id : undefined;
}

/** Lines that are none are left out, as the C library does. */
export function parsePasswd(text: string): Account[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(':');
    const [name = '', , uidText = '', gidText = '', , home = ''] = fields;
    const [uid, gid] = [parseId(uidText), parseId(gidText)];
    if (fields.length < 7 || name === '' || uid === undefined || gid === undefined) return [];
    return [{ name, uid, gid, home }];
  });
}

export function parseGroup(text: string): Group[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(':');
    const [name = '', , gidText = '', members = ''] = fields;
    const gid = parseId(gidText);
    if (fields.length < 4 || name === '' || gid === undefined) return [];
    return [{ name, gid, members: members.split(',').filter((each) => each !== '') }];
  });
}
