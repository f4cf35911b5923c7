import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Machine } from './elf-header.ts';
import { type LdSoCache, parseLdSoCache } from './ld-so-cache.ts';

/** Told of each file or directory before something is concluded from it. */
export type Observe = (path: string) => void;

/** Where one C library's loader looks for libraries that no RPATH leads to. */
export interface LibraryRules {
  /** What ldconfig(8) recorded; looked at first. */
  cache: LdSoCache | undefined;
  /** Absolute, in search order. */
  defaultDirectories: readonly string[];
  /** Whether the loader is itself the library of that name and never searches for it. */
  isBuiltIn(name: string): boolean;
}

const cachePath = '/etc/ld.so.cache';

/** The rules of the loader that a program names in PT_INTERP. */
export function libraryRules(interpreter: string, machine: Machine, observe: Observe): LibraryRules {
  const loader = basename(interpreter);
  return isMusl(loader) ? muslRules(loader, observe) : glibcRules(loader, machine, observe);
}

/** ld.so(8): the cache, then the trusted directories, which distributions name differently. */
function glibcRules(loader: string, machine: Machine, observe: Observe): LibraryRules {
  const bytes = readIfThere(cachePath, observe);
  const multiarch = `${machine}-linux-gnu`;
  return {
    cache: bytes && parseLdSoCache(bytes, machine),
    defaultDirectories: [
      `/lib/${multiarch}`,
      `/usr/lib/${multiarch}`,
      '/lib64',
      '/usr/lib64',
      '/lib',
      '/usr/lib',
    ],
    isBuiltIn: (name) => name === loader,
  };
}

// musl's ldso/dynlink.c: libc, libpthread and their kin are the loader itself, whatever their version.
const muslOwnNames = /^lib(c|pthread|rt|m|dl|util|xnet)\./;

const isMusl = (loader: string): boolean => loader.startsWith('ld-musl-');

function muslRules(loader: string, observe: Observe): LibraryRules {
  // /etc/ld-musl-x86_64.path replaces the built-in list; colons or newlines part its entries.
  const listPath = `/etc/${loader.replace(/\.so\.\d+$/, '')}.path`;
  const list = readIfThere(listPath, observe)?.toString().split(/[:\n]/).filter(isAbsolute);
  return {
    cache: undefined,
    defaultDirectories: list ?? ['/lib', '/usr/local/lib', '/usr/lib'],
    isBuiltIn: (name) => name === loader || muslOwnNames.test(name),
  };
}

const isAbsolute = (path: string): boolean => path.startsWith('/');

function readIfThere(path: string, observe: Observe): Buffer | undefined {
  observe(path);
  try {
    return readFileSync(path);
  } catch {
    return undefined; // A loader goes on without it too.
  }
}
