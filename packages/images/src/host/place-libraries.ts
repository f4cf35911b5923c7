import { dirname } from 'node:path';
import type { Machine } from '../elf/elf-header.ts';
import { libraryClosure } from '../elf/library-closure.ts';
import { libraryRules } from '../elf/library-rules.ts';
import { type FoundLibrary, LibrarySearch } from '../elf/library-search.ts';
import type { ElfInfo } from '../elf/read-elf.ts';
import { copyOf } from './data-files.ts';
import type { HostInputs } from './host-inputs.ts';
import type { Placed } from './tree.ts';

// What glibc opens by itself: users and groups before 2.34, and what pthread_exit(3) needs.
const openedByLibc = ['libnss_files.so.2', 'libgcc_s.so.1'];

/**
 * Decides where loaders and libraries lie in the image: the loader where PT_INTERP says; a library found
 * through RPATH or RUNPATH at its host path; every other one beside libc, where the loader finds it without
 * an /etc/ld.so.cache.
 */
export class LibraryPlacer {
  readonly #inputs: HostInputs;
  readonly #searches = new Map<string, LibrarySearch>();

  constructor(inputs: HostInputs) {
    this.#inputs = inputs;
  }

  /**
   * What a program at that real path needs besides itself; nothing when it is static.
   * @throws TcError `LIBRARY_MISSING`, or the ElfError of a broken library
   */
  place(realPath: string, info: ElfInfo): Placed[] {
    if (info.interpreter === undefined) return [];
    const search = this.#searchFor(info.interpreter, info.machine);
    // It has to be a program itself, lest PT_INTERP make us copy some private file of root's.
    search.headers(info.interpreter);
    const libraries = libraryClosure(realPath, info, search);
    const opened = openedByLibc.flatMap((name): FoundLibrary[] => {
      const path = search.findDefault(name, info.machine);
      return path === undefined ? [] : [{ name, path, via: 'default' }];
    });
    const libc = search.findDefault('libc.so.6', info.machine);
    // Where libc is not a file of its own the loader is musl's, and /usr/lib one of its directories.
    const directory = libc === undefined ? '/usr/lib' : dirname(libc);
    return [
      copyOf(info.interpreter, info.interpreter, 0o755, this.#inputs),
      ...[...libraries, ...opened].map(({ name, path, via }) =>
        copyOf(path, via === 'own' ? path : `${directory}/${name}`, 0o644, this.#inputs),
      ),
    ];
  }

  #searchFor(interpreter: string, machine: Machine): LibrarySearch {
    const known = this.#searches.get(interpreter);
    if (known !== undefined) return known;
    const { observe } = this.#inputs;
    const search = new LibrarySearch(libraryRules(interpreter, machine, observe), observe);
    this.#searches.set(interpreter, search);
    return search;
  }
}
