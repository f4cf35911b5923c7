import type { Controller } from './controller.ts';
import { cpu } from './cpu.ts';
import { cpuTime } from './cpu-time.ts';
import { cpuset } from './cpuset.ts';
import { freezer } from './freezer.ts';
import { io } from './io.ts';
import { memory } from './memory.ts';
import { pids } from './pids.ts';

/** All of them, in the order in which plans name them. */
export const controllers: readonly Controller[] = [memory, pids, cpuTime, cpu, cpuset, io, freezer];
