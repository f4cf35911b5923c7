/**
 * The file of the worker threads: its exports are the tasks that the pool runs. What it imports has to load by itself
 * in a plain thread, from sources as from dist: no other package of this workspace.
 */
export { follow } from './cgroups/follower.ts';
export { readProcesses } from './processes/read-processes.ts';
export { sample } from './sampling/sampler.ts';
