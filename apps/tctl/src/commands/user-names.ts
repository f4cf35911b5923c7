import { readFileSync } from 'node:fs';
import type { Container } from '@tc/core';

/** The largest file of accounts that is read: the container made it. */
const maxBytes = 1 << 20;

/** What a container calls the users of its processes. @returns of an id of the host, undefined where it has no name */
export async function userNames(container: Container): Promise<(userId: number) => string | undefined> {
  const { pid } = await container.inspect();
  const text = await container.files.read('/etc/passwd', { encoding: 'utf8', maxBytes }).catch(() => '');
  const names = new Map(
    text.split('\n').flatMap((line) => {
      const [name = '', , id = ''] = line.split(':');
      return name !== '' && /^\d{1,10}$/.test(id) ? [[Number(id), name] as const] : [];
    }),
  );
  const inside = insideOf(pid);
  return (userId) => names.get(inside(userId) ?? -1);
}

/** By /proc/PID/uid_map: user_namespaces(7). */
function insideOf(pid: number | undefined): (userId: number) => number | undefined {
  let map: string;
  try {
    map = readFileSync(`/proc/${pid}/uid_map`, 'latin1');
  } catch {
    return () => undefined; // it has ended
  }
  const ranges = map
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return (userId) => {
    for (const [inside = 0, outside = 0, count = 0] of ranges)
      if (userId >= outside && userId < outside + count) return inside + userId - outside;
    return undefined;
  };
}
