/** What tc-runtime is made of: `@tc/core/oci`. docs/decisions/0010-oci-runtime.md explains it. */
export { type OciConfig, readOciConfig } from './config/config.ts';
export { type OciProcess, readOciProcess } from './config/process.ts';
export { checkId, defaultOciRoot, type OciState, type OciStatus, OciStore } from './container-state.ts';
export { type Created, type CreateOptions, createOci, readBundle } from './create.ts';
export { defaultOciConfig } from './default-config.ts';
export { eventText, followEvents, type OciEvent, statsEvent } from './events.ts';
export { execOci, type OciExecOptions } from './exec.ts';
export { ociFeatures, ociVersion } from './features.ts';
export { readJsonFile } from './json.ts';
export { deleteOci, killOci, pauseOci, pidsOf, signalNumber } from './signal.ts';
export { startOci } from './start.ts';
export { updateOci } from './update.ts';
export { whenChildEnds } from './wait-for-child.ts';
export { rootlessOciConfig, type WriteConfigOptions, writeOciConfig } from './write-config.ts';
