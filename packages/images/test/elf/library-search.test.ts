import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TcError } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { libraryClosure } from '../../src/elf/library-closure.ts';
import { libraryRules } from '../../src/elf/library-rules.ts';
import { LibrarySearch } from '../../src/elf/library-search.ts';
import { readElf } from '../../src/elf/read-elf.ts';
import { type ElfParts, makeElf } from '../support/make-elf.ts';
import { useScratch } from '../support/scratch.ts';

const scratch = useScratch();
const ignore = () => undefined;

/** Files below a fresh directory, in whose parts `@` stands for that directory; answers a closure finder. */
function host(files: Readonly<Record<string, ElfParts>>, defaultDirectories: readonly string[] = []) {
  const root = scratch();
  const here = (text: string | undefined) => text?.replaceAll('@', root);
  for (const [path, { rpath, runpath, ...parts }] of Object.entries(files)) {
    const [own, run] = [here(rpath), here(runpath)];
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(
      join(root, path),
      makeElf({ ...parts, ...(own && { rpath: own }), ...(run && { runpath: run }) }),
    );
  }
  const rules = {
    cache: undefined,
    defaultDirectories: defaultDirectories.map((path) => join(root, path)),
    isBuiltIn: (name: string) => name === 'ld.so',
  };
  return (path: string) =>
    libraryClosure(join(root, path), readElf(join(root, path)), new LibrarySearch(rules, ignore)).map(
      (library) => `${library.via} ${library.path.replace(root, '')}`,
    );
}

describe('libraryClosure', () => {
  it('goes breadth first, takes each name once and survives a cycle', () => {
    const closure = host(
      {
        app: { needed: ['liba.so', 'libb.so', 'ld.so'] },
        'lib/liba.so': { needed: ['libb.so', 'libc.so'] },
        'lib/libb.so': { needed: ['liba.so'] },
        'lib/libc.so': {},
      },
      ['lib'],
    );
    expect(closure('app')).toEqual(['default /lib/liba.so', 'default /lib/libb.so', 'default /lib/libc.so']);
  });

  it('prefers RPATH to the default directories, for what the libraries need too', () => {
    const closure = host(
      {
        app: { needed: ['liba.so'], rpath: '@/own' },
        'own/liba.so': { needed: ['libb.so'] },
        'own/libb.so': {},
        'lib/libb.so': {},
      },
      ['lib'],
    );
    expect(closure('app')).toEqual(['own /own/liba.so', 'own /own/libb.so']);
  });

  it('applies RUNPATH to the object itself alone', () => {
    const closure = host(
      {
        app: { needed: ['liba.so'], runpath: '@/own' },
        'own/liba.so': { needed: ['libb.so'] },
        'own/libb.so': {},
        'lib/libb.so': {},
      },
      ['lib'],
    );
    expect(closure('app')).toEqual(['own /own/liba.so', 'default /lib/libb.so']);
  });

  it('lets RUNPATH replace an RPATH beside it', () => {
    const closure = host({
      app: { needed: ['liba.so'], rpath: '@/one', runpath: '@/two' },
      'one/liba.so': {},
      'two/liba.so': {},
    });
    expect(closure('app')).toEqual(['own /two/liba.so']);
  });

  // biome-ignore lint/suspicious/noTemplateCurlyInString: the loader's own syntax
  it.each(['$ORIGIN/../lib', '${ORIGIN}/../lib', '/$LIB/x:$ORIGIN/../lib'])('expands %s', (runpath) => {
    const closure = host({ 'bin/app': { needed: ['liba.so'], runpath }, 'lib/liba.so': {} });
    expect(closure('bin/app')).toEqual(['own /lib/liba.so']);
  });

  it('passes over a library of another architecture', () => {
    const other = process.arch === 'arm64' ? 62 : 183;
    const closure = host(
      { app: { needed: ['liba.so'] }, 'lib32/liba.so': { machine: other }, 'lib/liba.so': {} },
      ['lib32', 'lib'],
    );
    expect(closure('app')).toEqual(['default /lib/liba.so']);
  });

  it('names the library that is missing', () => {
    const closure = host({ app: { needed: ['libgone.so.1'] } });
    expect(() => closure('app')).toThrow(TcError);
    expect(() => closure('app')).toThrow(/libgone\.so\.1/);
  });

  it.for(['sh', 'bash', 'ps', 'ip', 'vim'])('finds for %s of this host what ldd finds', (name, context) => {
    const path = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'].map((dir) => join(dir, name)).find(existsSync);
    if (path === undefined || !existsSync('/usr/bin/ldd')) return context.skip(`no ${name} or no ldd here`);
    const real = realpathSync(path);
    const info = readElf(real);
    const rules = libraryRules(info.interpreter ?? '', info.machine, ignore);
    const found = libraryClosure(real, info, new LibrarySearch(rules, ignore));
    const ldd = execFileSync('ldd', [real], { encoding: 'utf8' });
    const expected = [...ldd.matchAll(/^\s*(\S+) => (\/\S+)/gm)].map((match) => [match[1], match[2]]);
    expect(found.map((library) => [library.name, library.path]).sort()).toEqual(expected.sort());
  });
});

describe('libraryRules', () => {
  it('leaves the C library to a musl loader, which is itself that', () => {
    const rules = libraryRules('/lib/ld-musl-x86_64.so.1', 'x86_64', ignore);
    expect(['libc.musl-x86_64.so.1', 'libc.so', 'libpthread.so.0'].every(rules.isBuiltIn)).toBe(true);
    expect(rules.isBuiltIn('libcap.so.2')).toBe(false);
    expect(rules.defaultDirectories).toEqual(['/lib', '/usr/local/lib', '/usr/lib']);
  });
});
