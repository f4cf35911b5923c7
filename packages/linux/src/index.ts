export * from './accounts/account-files.ts';
export * from './accounts/find-user.ts';
export { accountsOfLayers, accountsOfRoot } from './accounts/read-account-files.ts';
export * from './cgroup-host.ts';
export * from './constants.ts';
export { type DataDirectoryInputs, dataDirectory } from './data-directory.ts';
export { type DataExtent, dataExtents } from './data-extents.ts';
export type { ErrorEntry } from './error-codes/entry.ts';
export type { ErrnoCode, ErrorCode } from './error-codes/index.ts';
export * from './errors.ts';
export { eventfd } from './eventfd.ts';
export { exitNow } from './exit-now.ts';
export {
  getXattr,
  listXattrs,
  makeNode,
  setTimes,
  setTimesOfOpen,
  setXattr,
  syncFileSystem,
} from './file-metadata.ts';
export { withFsIds } from './fs-ids.ts';
export * from './kernel-files/cpu-list.ts';
export * from './kernel-files/flat-keyed.ts';
export * from './kernel-files/mountinfo.ts';
export * from './kernel-files/nested-keyed.ts';
export * from './kernel-files/pressure.ts';
export * from './kernel-files/proc-cgroups.ts';
export * from './kernel-files/proc-pid-cgroup.ts';
export * from './kernel-files/single-value.ts';
export { landlockAbi } from './landlock.ts';
export { lookUpMerged } from './layers/look-up.ts';
export { isOpaque, isWhiteout, opaqueXattrs } from './layers/whiteouts.ts';
export { fcntl, flock, isLibcLoaded, memfdCreate, pipe, socketPair } from './libc.ts';
export { type OpenHow, openat2 } from './openat2.ts';
export { type OverlayMount, overlayMount } from './overlay-mount.ts';
export { pidfdGetFd, pidfdOpen, pidfdSendSignal } from './pidfd.ts';
export { type Name, Pin } from './pin.ts';
export * from './read-cgroup-host.ts';
export { shown } from './shown.ts';
export { reap, spawnProcess } from './spawn.ts';
export { becomeSubreaper, endOf, keepOrphans } from './subreaper.ts';
export * from './syscall-error.ts';
export * from './syscall-numbers.ts';
export { makeRaw, setTerminalSize, type TerminalSize, terminalSize } from './terminal.ts';
