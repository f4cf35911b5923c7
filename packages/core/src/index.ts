export { SyscallError, TcError } from '@tc/linux';
export {
  type CgroupUsage,
  type IoLimit,
  type Limits,
  parseSize,
} from './cgroups/index.ts';
export { compileLaunch } from './launch/compile.ts';
export { type ExplainedStep, explain, explainSteps } from './launch/explain.ts';
export { assemble } from './launch/image.ts';
export type { LaunchProgram, Step } from './launch/program.ts';
export type * from './launch/spec.ts';
export type { Mount, NamespaceOptions, RootfsOptions, RunOptions } from './run/options.ts';
export { type Reason, RunError, type RunResult } from './run/result.ts';
export { compileRun, type Run, run } from './run/run.ts';
export { defaultCapabilities } from './security/defaults.ts';
export { cleanUpAbandoned } from './state/clean-up.ts';
