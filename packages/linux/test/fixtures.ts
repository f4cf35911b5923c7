import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../../test/fixtures');

/** A machine whose kernel files were captured; test/fixtures/README.md tells what is in its folder. */
export interface Fixture {
  /** `hybrid-6.18`. */
  name: string;
  mode: string;
  dir: string;
  read(path: string): string;
}

/** Every captured machine. */
export const fixtures: Fixture[] = readdirSync(ROOT)
  .filter((name) => statSync(join(ROOT, name)).isDirectory())
  .map((name) => ({
    name,
    mode: name.split('-')[0] ?? '',
    dir: join(ROOT, name),
    read: (path) => readFileSync(join(ROOT, name, path), 'utf8'),
  }));

export function fixture(name: string): Fixture {
  const found = fixtures.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no fixture ${name}`);
  return found;
}

/** All captured files whose name matches, on every machine, as rows for `test.each`: [label, text]. */
export function captured(name: RegExp): [label: string, text: string][] {
  return fixtures.flatMap(({ name: machine, dir, read }) =>
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .filter((path) => name.test(path) && statSync(join(dir, path)).isFile())
      .map((path): [string, string] => [`${machine}/${path}`, read(path)]),
  );
}
