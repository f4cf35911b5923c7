import { readFileSync } from 'node:fs';

let names: ReadonlyMap<number, string> | undefined;

/** As the host calls it: passwd(5). */
export function userName(id: number | undefined): string {
  if (id === undefined) return '?';
  names ??= readNames();
  return names.get(id) ?? String(id);
}

function readNames(): ReadonlyMap<number, string> {
  try {
    const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
    return new Map(lines.map((line) => line.split(':')).map(([name = '', , id]) => [Number(id), name]));
  } catch {
    return new Map();
  }
}
