/**
 * `launch.json`: what the last start of a container was made of, for whoever joins it (`exec`), counts what it uses or
 * lists it. The supervisor writes the text that it was given; nobody changes it.
 */
import type { Limits } from '../cgroups/limits.ts';
import type { NamespaceSpec, ProcessSpec, RootfsSpec } from '../launch/spec.ts';
import { parseObject } from './parse-object.ts';

export const launchFileSchema = 1;

/** What a process needs to be like the first one of the container. */
const ofProcess = [
  ...(['env', 'cwd', 'uid', 'gid', 'additionalGids', 'umask', 'capabilities'] as const),
  ...(['rlimits', 'oomScoreAdj', 'seccompProfile', 'apparmorProfile', 'selinuxLabel', 'landlock'] as const),
];
export type LaunchedProcess = Pick<ProcessSpec, (typeof ofProcess)[number]>;

export interface LaunchFile {
  readonly id: string;
  /** The name at the start; `config.json` knows of renames. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  readonly command: readonly string[];
  readonly hostname?: string | undefined;
  readonly rootfs: RootfsSpec;
  readonly namespaces: NamespaceSpec;
  readonly process: LaunchedProcess;
  /** The container's own directories, in every hierarchy; none without cgroups. */
  readonly cgroups: readonly string[];
  /** Names of the figures at the end of `exited`, in order. */
  readonly figures: readonly string[];
  /** As they were asked for. */
  readonly limits: Limits;
  readonly image?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly tty: boolean;
  readonly init: boolean;
  /** The names of those that it mounts. */
  readonly volumes?: readonly string[] | undefined;
  /** Where its log lies. */
  readonly logsDirectory?: string | undefined;
  /** Made by `run()`: nothing stays of it. */
  readonly ephemeral: boolean;
  readonly detached: boolean;
}

/** Takes more than it keeps: a `ProcessSpec` may stand for a `LaunchedProcess`. */
export function encodeLaunchFile(launch: LaunchFile): string {
  const process = Object.fromEntries(ofProcess.map((key) => [key, launch.process[key]]));
  return JSON.stringify({ schema: launchFileSchema, ...launch, process });
}

/** @returns undefined for a text that is cut or of another version. */
export function decodeLaunchFile(text: string): LaunchFile | undefined {
  const file = parseObject(text);
  if (file?.['schema'] !== launchFileSchema) return undefined;
  const { schema: _, ...launch } = file;
  return launch as unknown as LaunchFile;
}
