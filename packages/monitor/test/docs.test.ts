/** `docs/monitor.md` is complete. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { figureTable } from '../src/index.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const text = readFileSync(join(root, 'docs/monitor.md'), 'utf8');
const page = text.replaceAll(/^```.*?^```$/gms, '');
const words = new Set([...page.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => code.split(/\W+/)));

const exported = [
  ...readFileSync(join(root, 'packages/monitor/src/index.ts'), 'utf8').matchAll(
    /^export (?:type )?\{([^}]*)\} from '([^']+)';/gms,
  ),
].flatMap(([, names = '', from = '']) =>
  names
    .split(',')
    .map((name) => name.trim().replace(/^type /, ''))
    .filter(Boolean)
    .map((name) => ({ name, path: join(root, 'packages/monitor/src', from) })),
);

function membersOf({ name, path }: { name: string; path: string }): string[] {
  const declared = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n(.*?)^\\}`, 'ms');
  const body = declared.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
  return [...body.matchAll(/^ {2}(?:readonly )?([a-zA-Z]\w*)\??(?:<[^(]*>)?[:(]/gm)].map(
    ([, member = '']) => member,
  );
}

describe('docs/monitor.md', () => {
  it('knows every public name', () => {
    expect(exported.length).toBeGreaterThan(20);
    expect(exported.map(({ name }) => name).filter((name) => !words.has(name))).toEqual([]);
  });

  it.each(exported.filter((each) => membersOf(each).length > 0))('has all members of $name', (each) => {
    expect(membersOf(each).filter((member) => !words.has(member))).toEqual([]);
  });

  it('knows every figure', () => {
    expect(Object.keys(figureTable).filter((name) => !words.has(name))).toEqual([]);
  });

  it('has links to sections that are there', () => {
    const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    );
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
    const files = [...page.matchAll(/\]\(([a-z][^)#:]+)\)/g)].map(([, path = '']) => path);
    expect(files.filter((path) => !existsSync(join(root, 'docs', path)))).toEqual([]);
  });
});
