// biome-ignore-all assist/source/organizeImports: in the order of docs/core.md
/**
 * All that is public of @tc/core. What is not exported here may change at any time. `docs/core.md` explains it, and
 * `test/types/` freezes it.
 */

// What every error is, and names that options are made of.
export { type CapabilityName, type ErrnoCode, type ErrorCode, SyscallError, TcError } from '@tc/linux';

// One command in a container of its own.
export type { Run } from './run/follow.ts';
export type {
  BindMount,
  Device,
  Mount,
  NamespaceOptions,
  Rlimit,
  RlimitName,
  RootfsOptions,
  RunOptions,
  TerminalSize,
  TmpfsMount,
  VolumeMount,
} from './run/options.ts';
export { type Reason, RunError, type RunResult } from './run/result.ts';
export { maxLayers as maxOverlayLayers } from './launch/layers.ts';
export { compileRun, run } from './run/run.ts';
export type { Terminal } from './run/terminal.ts';

// Containers with a name and a life of their own.
export type { Attachment, AttachOptions } from './container/attach.ts';
export type { AttachedTerminal } from './container/attached-terminal.ts';
export { Container } from './container/container.ts';
export type {
  ContainerExit,
  ContainerInfo,
  ContainerOptions,
  ContainerState,
} from './container/options.ts';
export type { PruneOptions } from './container/prune.ts';
export type { RemoveOptions } from './container/remove.ts';
export type { StartOptions } from './container/start.ts';
export type { ContainerStats } from './container/stats.ts';
export type { StopOptions } from './container/stop.ts';
export type { WaitOptions } from './container/wait.ts';
export type { ExecOptions } from './exec/options.ts';

// Containers of OCI bundles.
export type {
  BundleContainer,
  BundleExecOptions,
  BundleExecResult,
  BundleExit,
  BundleOptions,
  BundleState,
} from './oci/bundle-container.ts';

// What they wrote, and what happened to them.
export type { ContainerEvent, EventKind } from './events/event.ts';
export type { EventsOptions } from './events/watch.ts';
export type { LogEntry } from './logs/lines.ts';
export type { LogsOptions } from './logs/logs.ts';
export type { Moment } from './logs/moment.ts';

// The terminal that this process itself sits at, for whoever connects the two.
export { makeRaw, terminalSize } from '@tc/linux';

// Their files.
export type { CopyOptions } from './files/copy-options.ts';
export type { CopyResult } from './files/copy-tree.ts';
export type { FileEntry, FileType } from './files/entry.ts';
export type {
  ContainerFiles,
  ListOptions as FileListOptions,
  ReadOptions as FileReadOptions,
  RemoveOptions as FileRemoveOptions,
  StatOptions as FileStatOptions,
} from './files/files.ts';
export type { MakeDirectoryOptions } from './files/make-directory.ts';
export type { WalkedEntry as WalkedFile } from './files/walk-tree.ts';
export type { OwnerOptions as FileOwnerOptions } from './files/write-file.ts';

// Limits.
export type { IoLimit, Limits } from './cgroups/limits.ts';
export type { LimitUpdate } from './cgroups/merge-limits.ts';

// Volumes.
export {
  type CreateVolumeOptions,
  createVolume,
  listVolumes,
  type PruneVolumesOptions,
  pruneVolumes,
  removeVolume,
  type Volume,
} from './volumes/volumes.ts';

// Whether the machine has what is needed.
export { checkHost } from './host-checks/check-host.ts';
export type { HostCheck, HostCheckStatus } from './host-checks/host-check.ts';

// What processes that were killed have left.
export { cleanUpAbandoned } from './state/clean-up.ts';

// Texts as a command line has them, and defaults.
export { parseSize } from './cgroups/size.ts';
export { parseMount, parseTmpfs } from './run/parse-mount.ts';
export { parseDevice } from './run/resolve-devices.ts';
export { parseRlimit } from './run/resolve-rlimits.ts';
export { parseCapabilities } from './security/parse-capabilities.ts';
export { defaultCapabilities } from './security/defaults.ts';
export { defaultSeccompProfile } from './security/seccomp/default-profile.ts';
export type {
  SeccompAction,
  SeccompChoice,
  SeccompCondition,
  SeccompFlag,
  SeccompOperator,
  SeccompProfile,
  SeccompRule,
  SeccompScope,
} from './security/seccomp/profile.ts';
export { readSeccompProfile } from './security/seccomp/read-profile.ts';

// What a start is made of, to be looked at: nothing of it needs a privilege.
export { type ExplainedStep, explain, explainSteps } from './launch/explain.ts';
export { assemble } from './launch/image.ts';
export type { LaunchProgram, Step } from './launch/program.ts';
export type { LandlockOptions } from './security/landlock/resolve-landlock.ts';
