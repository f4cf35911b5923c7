export { type DataDirectoryInputs, dataDirectory } from './data-directory.ts';
export { ElfError, type ElfErrorCode } from './elf/elf-error.ts';
export type { Machine } from './elf/elf-header.ts';
export { type ElfInfo, readElf } from './elf/read-elf.ts';
export { type HostRootfs, type HostRootfsOptions, hostRootfs } from './host/host-rootfs.ts';
export type { ToolProblem } from './host/plan.ts';
export { hostTools } from './host/tool-list.ts';
