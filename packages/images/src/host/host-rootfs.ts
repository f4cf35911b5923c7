import { resolve } from 'node:path';
import { dataDirectory, TcError } from '@tc/linux';
import { cheapHash, sha256 } from './hashes.ts';
import { type HostPlan, type HostRequest, planHostImage, type ToolProblem } from './plan.ts';
import { type HostRecord, isCurrent } from './record.ts';
import { defaultSearchDirectories, searchDirectories } from './search-path.ts';
import { HostStore } from './store.ts';
import { storeError } from './store-error.ts';
import { hostTools } from './tool-list.ts';

export interface HostRootfsOptions {
  /** Where images are kept; `dataDirectory()` unless given. Made when it is not there. */
  dataDir?: string | undefined;
  /**
   * A PATH to search instead, followed to the letter: its absolute directories in their order. Without it
   * the system's own directories come first, then those of this process's PATH.
   */
  path?: string | undefined;
  /** Names of tools instead of the built-in list; `sh` is always among them. */
  tools?: readonly string[] | undefined;
}

export interface HostRootfs {
  /** The absolute directory of the root file system. Shared by all: mount it read-only or under an overlay. */
  path: string;
  /** `sha256:...` over the sorted tree: paths, types, modes, content. The same host gives the same digest. */
  digest: string;
  /** The tools that are in it, sorted. */
  tools: readonly string[];
  /** The tools that are not: those that the host does not have, and those of `problems`. */
  missing: readonly string[];
  /** Why a tool that the host does have is not in it. */
  problems: readonly ToolProblem[];
  /** The content of all files together. */
  bytes: number;
  /** Regular files. */
  files: number;
  /** False when this call had to build the tree. */
  cached: boolean;
}

/** Part of every key: raise it when the same host should give another tree. */
const builderVersion = 1;

/** A request with its whole text, and the file name that its record goes by. */
interface KeyedRequest extends HostRequest {
  readonly text: string;
  readonly key: string;
}

/** Builds under way in this process, so that ten calls at once build once. */
const underWay = new Map<string, Promise<HostRootfs>>();

/**
 * A small root file system made of this host's own programs: a shell, the coreutils, ps, top, ip and
 * their kin, with the libraries that they need and a minimal /etc. Nothing is downloaded or executed.
 * The first call takes some hundred milliseconds. Later ones look only whether the host has changed,
 * with one stat(2) for each of the files it came from, and write nothing. Processes may call it at once.
 * Trees of an earlier state of the host stay, since containers may be running on them.
 *
 * @throws TcError `HOST_TOOL_MISSING` (no usable sh), `HOST_TOOL_NAME` (a tool's name is no file name),
 * `DATA_DIR_NOT_WRITABLE`, `DATA_DIR_FULL`, `HOST_UNSUPPORTED` (neither x64 nor arm64),
 * `HOST_FILE_CHANGED` (the host is being upgraded), `HOST_IMAGE_FAILED` (see `cause`)
 */
export async function hostRootfs(options: HostRootfsOptions = {}): Promise<HostRootfs> {
  const request = toRequest(options);
  const store = new HostStore(resolve(options.dataDir ?? dataDirectory()));
  const record = store.readRecord(request.key);
  if (record?.request === request.text && isCurrent(record) && store.has(record.digest))
    return result(store, record, true);

  const buildKey = `${store.directory}\0${request.text}`;
  const build = underWay.get(buildKey) ?? refresh(store, request);
  underWay.set(buildKey, build);
  try {
    return await build;
  } finally {
    underWay.delete(buildKey);
  }
}

async function refresh(store: HostStore, request: KeyedRequest): Promise<HostRootfs> {
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await planAndBuild(store, request);
      } catch (error) {
        // A package manager replaces files one by one; the second look sees the new ones.
        const isChange = error instanceof TcError && error.code === 'HOST_FILE_CHANGED';
        if (!isChange || attempt === 2) throw error;
      }
    }
  } catch (error) {
    throw storeError(error, store.directory);
  }
}

async function planAndBuild(store: HostStore, request: KeyedRequest): Promise<HostRootfs> {
  const plan = planHostImage(request);
  const planKey = sha256(JSON.stringify(plan.entries));
  // Often something near the inputs changed, and none of them: a package that this image has nothing of.
  const known = store.findByPlan(planKey);
  const { digest, bytes, files } = known ?? (await store.build(plan.entries));
  const record = toRecord(plan, request.text, planKey, { digest, bytes, files });
  try {
    store.writeRecord(request.key, record);
  } catch (error) {
    // A tree on a file system that is read-only by now is still a tree.
    if (known === undefined) throw error;
  }
  return result(store, record, known !== undefined);
}

function toRecord(
  plan: HostPlan,
  request: string,
  planKey: string,
  tree: Pick<HostRecord, 'digest' | 'bytes' | 'files'>,
): HostRecord {
  const { tools, missing, problems, inputs } = plan;
  return { ...tree, request, tools, missing, problems, planKey, inputs };
}

function result(store: HostStore, record: HostRecord, cached: boolean): HostRootfs {
  const { digest, tools, missing, problems, bytes, files } = record;
  return { path: store.rootfs(digest), digest, tools, missing, problems, bytes, files, cached };
}

function toRequest({ path, tools = hostTools }: HostRootfsOptions): KeyedRequest {
  for (const name of tools) {
    if (/^(\.{0,2}|.*[/\0].*)$/s.test(name)) throw badName(name);
  }
  const directories = path === undefined ? defaultSearchDirectories() : searchDirectories(path);
  const names = [...new Set(['sh', ...tools])].sort();
  const text = JSON.stringify([builderVersion, process.arch, directories, names]);
  return { directories, tools: names, text, key: cheapHash(text) };
}

function badName(name: string): TcError {
  return new TcError(`${JSON.stringify(name)} is no file name`, {
    code: 'HOST_TOOL_NAME',
    operation: 'make the host image',
    hint: 'Give names, such as `ls`, and the directories to search as `path`.',
  });
}
