import type { FoundLibrary, LibrarySearch, LoadedObject } from './library-search.ts';
import { originOf } from './library-search.ts';
import type { ElfInfo } from './read-elf.ts';

/**
 * Every library that the loader would map for a program, breadth first as ld.so does it, each name once:
 * what loads first under a name serves all that ask for it.
 * @param path the program's real path, symlinks resolved, since $ORIGIN is taken from that
 * @throws TcError `LIBRARY_MISSING`, or the ElfError of a broken library
 */
export function libraryClosure(path: string, info: ElfInfo, search: LibrarySearch): FoundLibrary[] {
  const found = new Map<string, FoundLibrary>();
  const queue: LoadedObject[] = [{ info, origin: originOf(path), loader: undefined }];
  for (const object of queue) {
    for (const name of object.info.needed) {
      if (found.has(name) || search.rules.isBuiltIn(name)) continue;
      const library = search.find(name, object);
      found.set(name, library);
      queue.push({ info: search.headers(library.path), origin: originOf(library.path), loader: object });
    }
  }
  return [...found.values()];
}
