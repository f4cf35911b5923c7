/** What docs/images.md shows is so: its programs are type-checked, and its first one and its commands are run. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository, startCommand, tctl } from './support/command.ts';
import './support/suite.ts';

const page = readFileSync(join(repository, 'docs/images.md'), 'utf8');
const blocks = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code);

describe('docs/images.md', () => {
  it('has programs that the compiler takes', () => {
    expect(blocks.length).toBeGreaterThan(10);
    const directory = mkdtempSync(join(repository, 'node_modules/.images-docs-'));
    try {
      const files = blocks.map((code, index) => {
        writeFileSync(join(directory, `${index}.ts`), code);
        return `${index}.ts`;
      });
      const config = {
        extends: join(repository, 'tsconfig.tests.json'),
        compilerOptions: {
          noUnusedLocals: false,
          types: ['node'],
          typeRoots: [join(repository, 'node_modules/@types')],
        },
        files,
        include: [],
      };
      writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
      writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
      const tsc = join(repository, 'node_modules/.bin/tsc');
      let output = '';
      try {
        execFileSync(tsc, ['--project', directory], { encoding: 'utf8' });
      } catch (error) {
        output = String((error as { stdout?: string }).stdout);
      }
      expect(output).toBe('');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('begins with one that runs', async () => {
    const [code = ''] = blocks;
    const command = [
      process.execPath,
      '--conditions=tc-source',
      '--input-type=module-typescript',
      '--no-warnings',
      '--eval',
      code,
    ];
    const { code: exitCode, stdout, stderr } = await startCommand(command, { cwd: repository }).ended;
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: 'hello\n\n', stderr: '' });
  });

  it('names every command, and every option that help has', async () => {
    const rows = [
      ...page.matchAll(/^\| `([a-z]+(?: [a-z]+)?)(?:\\\||[^|])*\| [^|]* \| ((?:\\\||[^|])*) \|$/gm),
    ];
    const documented = new Map(rows.map(([, name = '', options = '']) => [name, options]));
    for (const name of [
      'images',
      'pull',
      'push',
      'import',
      'load',
      'save',
      'export',
      'commit',
      'diff',
      'tag',
      'rmi',
      'image history',
      'image verify',
      'image prune',
    ]) {
      const { stdout } = await tctl(...name.split(' '), '--help');
      const options = [...stdout.matchAll(/^ {2}(?:-(\w), | {4})--([\w-]+)/gm)].filter(
        ([, , long]) => long !== 'help',
      );
      for (const [, short, long] of options)
        expect(documented.get(name), `${name} --${long}`).toMatch(
          new RegExp(`\`-${short ?? '!'}\`|\`--${long}\\b`),
        );
    }
  });

  it('names every code of an error that there is', () => {
    const sources = execFileSync(
      'grep',
      [
        '-rhoE',
        "'(IMAGE|LAYER|TAR|REGISTRY|BLOB|DEBIAN|USER|SOURCE|ARCHIVE|PLATFORM|DOCKER|CREDENTIAL|COMPRESSION|FILE|MMDEBSTRAP|DATA_DIR)(_[A-Z]+)*'",
        join(repository, 'packages/images/src'),
      ],
      { encoding: 'utf8' },
    );
    const codes = new Set(
      sources
        .trim()
        .split('\n')
        .map((each) => each.slice(1, -1)),
    );
    const internal = new Set(['FILE', 'USER', 'SOURCE', 'IMAGE_FAILED']);
    for (const code of codes) if (!internal.has(code)) expect(page).toContain(`\`${code}\``);
  });
});
