import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { TcError } from '@tc/linux';
import { ElfError } from './elf-error.ts';
import type { LibraryRules, Observe } from './library-rules.ts';
import { type ElfInfo, readElf } from './read-elf.ts';

export interface FoundLibrary {
  /** As DT_NEEDED names it, which is also the file name that the loader will look for. */
  name: string;
  /** Where it was found: absolute and normalized, symlinks kept. */
  path: string;
  /** `own`: through RPATH, RUNPATH or a slash in its name, so it must stay at that path. */
  via: 'own' | 'default';
}

/** A program or library, the object that asked for it, and what $ORIGIN means in it. */
export interface LoadedObject {
  info: ElfInfo;
  origin: string;
  loader: LoadedObject | undefined;
}

/** Finds libraries as ld.so(8) does, in process; LD_LIBRARY_PATH, which a container will not have, aside. */
export class LibrarySearch {
  readonly rules: LibraryRules;
  readonly #files = new Map<string, ElfInfo>();
  readonly #observe: Observe;
  readonly #defaults = new Map<string, string | undefined>();

  constructor(rules: LibraryRules, observe: Observe) {
    this.rules = rules;
    this.#observe = observe;
  }

  /** The headers of a file, read once. @throws ElfError */
  headers(path: string): ElfInfo {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    this.#observe(path);
    const info = readElf(path);
    this.#files.set(path, info);
    return info;
  }

  /** @throws TcError `LIBRARY_MISSING`; ElfError when the file found is no sound library */
  find(name: string, requester: LoadedObject): FoundLibrary {
    const { machine } = requester.info;
    const own = name.includes('/')
      ? this.#usable(expand(name, requester.origin), machine)
      : this.#inDirectories(name, ownDirectories(requester), machine);
    if (own !== undefined) return { name, path: own, via: 'own' };
    const path = name.includes('/') ? undefined : this.findDefault(name, machine);
    if (path !== undefined) return { name, path, via: 'default' };
    throw new TcError('no such library where ld.so(8) looks', {
      code: 'LIBRARY_MISSING',
      operation: `find library ${name}`,
      path: name,
    });
  }

  /** Through the cache and the default directories alone. */
  findDefault(name: string, machine: ElfInfo['machine']): string | undefined {
    if (!this.#defaults.has(name)) {
      const cached = this.rules.cache?.get(name);
      this.#defaults.set(
        name,
        this.#usable(cached, machine) ?? this.#inDirectories(name, this.rules.defaultDirectories, machine),
      );
    }
    return this.#defaults.get(name);
  }

  #inDirectories(name: string, directories: readonly string[], machine: string): string | undefined {
    for (const directory of directories) {
      this.#observe(directory);
      const path = this.#usable(join(directory, name), machine);
      if (path !== undefined) return path;
    }
    return undefined;
  }

  /** Like ld.so, passes over a library of another architecture and stumbles over a broken one. */
  #usable(path: string | undefined, machine: string): string | undefined {
    if (path === undefined || !isFile(path)) return undefined;
    try {
      return this.headers(path).machine === machine ? path : undefined;
    } catch (error) {
      if (error instanceof ElfError && error.code === 'ELF_UNSUPPORTED') return undefined;
      throw error;
    }
  }
}

/**
 * ld.so(8): the DT_RPATH of the object and of those that loaded it, unless it has a DT_RUNPATH, which
 * holds for itself alone and replaces a DT_RPATH beside it.
 */
function ownDirectories(requester: LoadedObject): string[] {
  const { runpath } = requester.info;
  if (runpath.length > 0) return expandAll(runpath, requester.origin);
  const directories: string[] = [];
  for (let at: LoadedObject | undefined = requester; at !== undefined; at = at.loader) {
    if (at.info.runpath.length === 0) directories.push(...expandAll(at.info.rpath, at.origin));
  }
  return directories;
}

const expandAll = (paths: readonly string[], origin: string): string[] =>
  paths.map((path) => expand(path, origin)).filter((path) => path !== undefined);

/** $ORIGIN made a path. What $LIB and $PLATFORM mean only the loader knows: such a path is passed over. */
function expand(path: string, origin: string): string | undefined {
  const expanded = path.replaceAll(/\$(ORIGIN\b|\{ORIGIN\})/g, () => origin);
  return expanded.startsWith('/') && !expanded.includes('$') ? resolve(expanded) : undefined;
}

/** Whether where the file lies decides where its libraries are looked for. */
export function usesOrigin(info: ElfInfo): boolean {
  return [...info.rpath, ...info.runpath, ...info.needed].some((text) => text.includes('$'));
}

/** The directory that $ORIGIN stands for in an object at that path. */
export const originOf = (path: string): string => dirname(path);

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false; // A directory on the way that we may not search.
  }
}
