import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import type { Answer, Job } from './child.ts';
import type { ContainerJob } from './container-child.ts';
import { fastDirectory } from './rootfs.ts';

/** With a cache of the compiled sources: on slow machines loading them takes most of the time. */
export function nodeEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_COMPILE_CACHE: join(fastDirectory, `tctl-tests-${process.geteuid?.()}`, 'node'),
  };
}

/** The command line of a process that does a job: `child.ts`. */
export function nodeCommand(job: Job): string[] {
  const script = fileURLToPath(new URL('child.ts', import.meta.url));
  return [process.execPath, '--conditions=tc-source', '--no-warnings', script, JSON.stringify(job)];
}

export function startNode(job: Job, options: SpawnOptions = {}): ChildProcess {
  const [command = '', ...args] = nodeCommand(job);
  return spawn(command, args, { env: nodeEnvironment(), ...options });
}

/** Runs a job in a new Node.js process. @param wrapper a command that ends by executing its own arguments. */
export async function runInNode(wrapper: readonly string[], job: Job): Promise<Answer> {
  const [command = '', ...args] = [...wrapper, ...nodeCommand(job)];
  const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 1e8, env: nodeEnvironment() });
  return JSON.parse(stdout);
}

/** One that acts on a container, and lives no longer than the test: `container-child.ts`. */
export function startContainerNode(job: ContainerJob): ChildProcess & { readonly stdout: Readable } {
  const script = fileURLToPath(new URL('container-child.ts', import.meta.url));
  const args = ['--conditions=tc-source', '--no-warnings', script, JSON.stringify(job)];
  const child = spawn(process.execPath, args, {
    env: nodeEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}
