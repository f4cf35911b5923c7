import { arch } from 'node:process';
import { TcError } from '@tc/linux';
import type { Machine } from '../elf/elf-header.ts';
import { dataFiles } from './data-files.ts';
import { baseDirectories, etcFiles, vimFiles } from './etc-files.ts';
import { HostInputs, type Signature } from './host-inputs.ts';
import { ProgramPlacer } from './place-programs.ts';
import { type FoundTool, findTool } from './search-path.ts';
import { linkTo, type Placed, TreePlan } from './tree.ts';

/** What an image is to be made of. */
export interface HostRequest {
  /** Absolute directories, in search order. */
  directories: readonly string[];
  /** Names, sorted, `sh` among them. */
  tools: readonly string[];
}

/** A tool that the host has and the image can't hold. */
export interface ToolProblem {
  tool: string;
  /** `LIBRARY_MISSING`, `ELF_MALFORMED`, ... */
  code: string;
  /** A sentence for a person. */
  reason: string;
}

/** The whole image, before anything is copied. */
export interface HostPlan {
  entries: readonly Placed[];
  tools: readonly string[];
  missing: readonly string[];
  problems: readonly ToolProblem[];
  /** All that this plan was concluded from. */
  inputs: readonly (readonly [path: string, signature: Signature])[];
}

const machines: Readonly<Record<string, Machine>> = { x64: 'x86_64', arm64: 'aarch64' };

/**
 * Reads the host: finds the tools, their loaders and libraries, and says what goes where. Writes nothing.
 * @throws TcError `HOST_TOOL_MISSING` without a usable sh, `HOST_UNSUPPORTED` on other architectures
 */
export function planHostImage(request: HostRequest): HostPlan {
  const machine = machines[arch];
  if (machine === undefined) throw unsupported();
  const inputs = new HostInputs();
  for (const directory of request.directories) inputs.observe(directory);

  const find = (name: string) => findTool(name, request.directories, inputs.observe);
  const found = findTools(request.tools, find, inputs);
  const tree = new TreePlan();
  tree.add(baseDirectories);
  tree.add(etcFiles);
  const placer = new ProgramPlacer(inputs, machine, found, find);
  const problems = new Map<string, TcError>();
  for (const tool of found.values()) {
    try {
      tree.add(placer.place(tool));
    } catch (error) {
      problems.set(tool.name, asProblem(tool, error));
    }
  }
  const tools = [...found.keys()].filter((name) => !problems.has(name));
  if (!tools.includes('sh')) throw withoutShell(request, problems.get('sh'));
  addFiles(tree, inputs);
  return {
    entries: tree.sorted(),
    tools,
    missing: request.tools.filter((name) => !tools.includes(name)),
    problems: [...problems].map(([tool, { code, message }]) => ({ tool, code, reason: message })),
    inputs: inputs.entries(),
  };
}

/** Hard links of one file (busybox, bzip2) become that file and symlinks to it, as symlinks do. */
function findTools(
  names: readonly string[],
  find: (name: string) => FoundTool | undefined,
  inputs: HostInputs,
): Map<string, FoundTool> {
  const found = new Map<string, FoundTool>();
  const realPaths = new Map<Signature, string>();
  for (const name of names) {
    const tool = find(name);
    if (tool === undefined) continue;
    const signature = inputs.observe(tool.path);
    const realPath = realPaths.get(signature) ?? tool.realPath;
    realPaths.set(signature, realPath);
    found.set(name, { ...tool, realPath });
  }
  return found;
}

function addFiles(tree: TreePlan, inputs: HostInputs): void {
  tree.add(dataFiles(inputs));
  if (tree.has('usr/bin/vi') || tree.has('usr/bin/vim')) tree.add(vimFiles);
  // A script says /bin/sh wherever the host's own sh may lie.
  if (!tree.has('usr/bin/sh')) tree.add([linkTo('usr/bin/sh', 'usr/sbin/sh')]);
  for (const directory of ['lib32', 'lib64', 'libx32']) {
    if (tree.has(`usr/${directory}`)) tree.add([linkTo(directory, `usr/${directory}`)]);
  }
}

/** One bad tool must not cost the others; a mistake of this program's own is not swallowed with it. */
function asProblem(tool: FoundTool, error: unknown): TcError {
  if (error instanceof TcError) return error;
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  return new TcError(error.message, {
    code: 'HOST_TOOL_UNUSABLE',
    operation: `take ${tool.name} into the host image`,
    path: tool.path,
    cause: error,
  });
}

function withoutShell(request: HostRequest, cause: TcError | undefined): TcError {
  return new TcError(cause === undefined ? 'no sh in PATH' : 'sh is there and can not be used', {
    code: 'HOST_TOOL_MISSING',
    operation: 'make the host image',
    path: request.directories.join(':'),
    hint: 'The image needs a POSIX shell: check PATH, or give a `path` that has the directory of sh.',
    cause,
  });
}

function unsupported(): TcError {
  return new TcError(`architecture ${arch} is neither x64 nor arm64`, {
    code: 'HOST_UNSUPPORTED',
    operation: 'make the host image',
    hint: 'Import a root file system instead.',
  });
}
