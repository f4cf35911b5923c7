import { basename, dirname } from 'node:path';
import { TcError } from '@tc/linux';
import { withFileSource } from '../elf/byte-source.ts';
import { ElfError } from '../elf/elf-error.ts';
import type { Machine } from '../elf/elf-header.ts';
import { usesOrigin } from '../elf/library-search.ts';
import { readElf } from '../elf/read-elf.ts';
import { copyOf } from './data-files.ts';
import type { HostInputs } from './host-inputs.ts';
import { LibraryPlacer } from './place-libraries.ts';
import type { FoundTool } from './search-path.ts';
import { parseShebang, type Shebang, shebangBytes } from './shebang.ts';
import { imagePath, linkTo, type Placed } from './tree.ts';

/** What a tool brings into the image, its own place first. */
interface Program {
  destination: string;
  placed: readonly Placed[];
}

/** A script is taken along when its interpreter is one of these or itself a tool of the image. */
const smallInterpreters: ReadonlySet<string> = new Set([
  ...['sh', 'bash', 'dash', 'ash', 'busybox'],
  ...['coreutils', 'env'],
]);

/**
 * Decides where programs lie in the image: in /usr/bin or /usr/sbin under the file's own name, with their
 * other names as symlinks to it; or at the host's path when the RPATH says $ORIGIN. What they need to run
 * comes with them: loader and libraries, or the interpreter of a script.
 */
export class ProgramPlacer {
  readonly #inputs: HostInputs;
  readonly #machine: Machine;
  readonly #tools: ReadonlyMap<string, FoundTool>;
  readonly #find: (name: string) => FoundTool | undefined;
  readonly #libraries: LibraryPlacer;
  /** Which real file has which file name in the image's directories of programs. */
  readonly #owners = new Map<string, string>();

  constructor(
    inputs: HostInputs,
    machine: Machine,
    tools: ReadonlyMap<string, FoundTool>,
    find: (name: string) => FoundTool | undefined,
  ) {
    this.#inputs = inputs;
    this.#machine = machine;
    this.#tools = tools;
    this.#find = find;
    this.#libraries = new LibraryPlacer(inputs);
    for (const { name, realPath } of tools.values()) {
      if (name === basename(realPath)) this.#owners.set(name, realPath);
    }
  }

  /** Everything that has to be in the image for a tool to run there. @throws TcError when it can't */
  place(tool: FoundTool): Placed[] {
    return this.#placeAt(tool, `${programDirectory(tool.path)}/${tool.name}`, true);
  }

  #placeAt(tool: FoundTool, at: string, mayBeScript: boolean): Placed[] {
    this.#inputs.observe(tool.path);
    const start = withFileSource(tool.realPath, (source) => source.read(0, shebangBytes));
    const shebang = parseShebang(start);
    if (shebang !== undefined && !mayBeScript) throw unusable(tool, 'its interpreter is a script as well');
    const { destination, placed } = shebang ? this.#script(tool, shebang) : this.#binary(tool);
    return destination === at ? [...placed] : [...placed, linkTo(at, destination)];
  }

  #binary(tool: FoundTool): Program {
    const info = readElf(tool.realPath);
    if (info.machine !== this.#machine) {
      throw new ElfError('ELF_UNSUPPORTED', tool.realPath, `made for ${info.machine}, not ${this.#machine}`);
    }
    const own = usesOrigin(info) ? imagePath(tool.realPath) : this.#destination(tool);
    const program = copyOf(tool.realPath, own, 0o755, this.#inputs);
    return { destination: own, placed: [program, ...this.#libraries.place(tool.realPath, info)] };
  }

  #script(tool: FoundTool, { interpreter, command }: Shebang): Program {
    const destination = this.#destination(tool);
    const interpreters = [this.#interpreter(tool, interpreter)];
    if (command !== undefined) {
      const found = this.#find(command);
      if (found === undefined) throw unusable(tool, `a script for ${command}, which PATH does not have`);
      interpreters.push(found);
    }
    return {
      destination,
      placed: [
        copyOf(tool.realPath, destination, 0o755, this.#inputs),
        ...interpreters.flatMap((each) => {
          this.#checkInterpreter(tool, each);
          const at = each.path === interpreter ? imagePath(interpreter) : undefined;
          return this.#placeAt(each, at ?? `${programDirectory(each.path)}/${each.name}`, false);
        }),
      ],
    };
  }

  #interpreter(tool: FoundTool, path: string): FoundTool {
    // A `path` of the caller's own may have another sh than the host's /bin/sh: the image has one.
    const own = this.#tools.get(basename(path));
    if (own && imagePath(path) === `${programDirectory(own.path)}/${own.name}`) return own;
    try {
      return { name: basename(path), path, realPath: this.#inputs.realPath(path) };
    } catch (error) {
      throw unusable(tool, `a script for ${path}, which can't be found`, error);
    }
  }

  #checkInterpreter(tool: FoundTool, interpreter: FoundTool): void {
    const isTool = [...this.#tools.values()].some(({ realPath }) => realPath === interpreter.realPath);
    if (isTool || smallInterpreters.has(interpreter.name)) return;
    throw unusable(tool, `a script for ${interpreter.path}, which is no part of this image`);
  }

  /** One place for a real file, however many tools lead to it. */
  #destination({ name, realPath }: FoundTool): string {
    const fileName = basename(realPath);
    const owner = this.#owners.get(fileName) ?? realPath;
    this.#owners.set(fileName, owner);
    return `${programDirectory(realPath)}/${owner === realPath ? fileName : name}`;
  }
}

/** All programs go to one of two directories, so that a PATH without /usr/local or /opt finds them. */
function programDirectory(hostPath: string): string {
  return basename(dirname(hostPath)) === 'sbin' ? 'usr/sbin' : 'usr/bin';
}

function unusable(tool: FoundTool, problem: string, cause?: unknown): TcError {
  return new TcError(problem, {
    code: 'HOST_TOOL_UNUSABLE',
    operation: `take ${tool.name} into the host image`,
    path: tool.path,
    cause,
  });
}
