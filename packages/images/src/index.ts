export { type DataDirectoryInputs, dataDirectory, type ResolvedUser } from '@tc/linux';
export { type Applied, applyConfig, type UserSays } from './config/apply-config.ts';
export { resolveUser } from './config/resolve-user.ts';
export { ElfError, type ElfErrorCode } from './elf/elf-error.ts';
export type { Machine } from './elf/elf-header.ts';
export { type ElfInfo, readElf } from './elf/read-elf.ts';
export { type HostRootfs, type HostRootfsOptions, hostRootfs } from './host/host-rootfs.ts';
export { hostTrees } from './host/host-trees.ts';
export type { ToolProblem } from './host/plan.ts';
export { hostTools } from './host/tool-list.ts';
export { familiarName, formatReference, parseReference, type Reference } from './names/reference.ts';
export type { HistoryEntry, ImageConfig, ImageSettings } from './oci/image-config.ts';
export { hostPlatform, type Platform, parsePlatform } from './oci/platform.ts';
export type { Change } from './out/changes.ts';
export type { CommitOptions } from './out/commit.ts';
export { copyFromImage } from './out/copy-tree.ts';
export { diffLayers, type ExportOptions, exportTree } from './out/export.ts';
export type { SaveOptions } from './out/save.ts';
export type { IdShift } from './out/to-entry.ts';
export type { Credentials } from './registry/credentials.ts';
export type { PullOptions, PullProgress } from './registry/pull.ts';
export type { PushOptions } from './registry/push.ts';
export { type DebianOptions, debianArchive } from './sources/debian.ts';
export type { ImportOptions, ImportSource } from './sources/import.ts';
export type { LoadOptions } from './sources/load.ts';
export type { ImageCopy } from './store/copies.ts';
export type { HistoryStep, ImageDetails, ImageInfo } from './store/image-info.ts';
export {
  ImageStore,
  type ImageStoreOptions,
  type PruneImagesOptions,
  type Removed,
  type RemoveImageOptions,
  type UsedImage,
} from './store/image-store.ts';
export { overlayRefusal } from './store/overlay-refusal.ts';
export { removeTree } from './store/remove-tree.ts';
export type { LayerUser, Swept } from './store/sweep.ts';
export type { Problem, VerifyOptions } from './store/verify.ts';
export type { TarEntry, TarType } from './tar/entry.ts';
export { encodeHeader, endOfArchive, padding } from './tar/writer.ts';
export type { UnpackReport, UnpackRules } from './unpack/rules.ts';
export { unpackStream } from './unpack/unpack-stream.ts';
