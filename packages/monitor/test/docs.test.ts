/** `docs/monitor.md` is complete, and its examples are right and run. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { figureTable } from '../src/index.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const text = readFileSync(join(root, 'docs/monitor.md'), 'utf8');
const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code);
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

  it('has every code of an error', () => {
    const codes = ['monitor', 'processes'].flatMap((folder) =>
      ['resolve-options', 'parse-interval', 'processes'].flatMap((file) => {
        const path = join(root, 'packages/monitor/src', folder, `${file}.ts`);
        if (!existsSync(path)) return [];
        return [...readFileSync(path, 'utf8').matchAll(/code: '([A-Z_]+)'/g)].map(([, code = '']) => code);
      }),
    );
    expect(codes.length).toBeGreaterThan(2);
    expect(codes.filter((code) => !words.has(code))).toEqual([]);
  });
});

describe('the examples in docs/monitor.md', { timeout: 120_000 }, () => {
  const scripts = blocks.filter((code) => code.startsWith('import'));

  it('are right by their types', async () => {
    // In this package, whose imports they use.
    const directory = mkdtempSync(join(root, 'packages/monitor/.docs-'));
    try {
      mkdirSync(join(directory, 'src'));
      for (const [index, code] of scripts.entries())
        writeFileSync(join(directory, 'src', `${index}.ts`), `${code}\nexport {};\n`);
      const config = {
        extends: '../../../tsconfig.base.json',
        compilerOptions: {
          composite: false,
          incremental: false,
          noEmit: true,
          declarationMap: false,
          sourceMap: false,
          customConditions: ['tc-source'],
          paths: { '@tc/monitor': ['../src/index.ts'] },
        },
        include: ['src'],
      };
      writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
      const tsc = join(root, 'node_modules/typescript/bin/tsc');
      const run = promisify(execFile)(process.execPath, [tsc, '--project', directory]);
      const problems = await run.then(
        () => '',
        ({ stdout }: { stdout: string }) => stdout,
      );
      expect(problems).toBe('');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('run', async () => {
    for (const code of scripts) {
      const { stderr } = await promisify(execFile)(
        process.execPath,
        ['--conditions=tc-source', '--input-type=module-typescript', '--eval', code],
        { cwd: root, timeout: 100_000, killSignal: 'SIGKILL' },
      );
      expect(stderr).toBe('');
    }
    expect(scripts.length).toBeGreaterThanOrEqual(6);
  });
});
