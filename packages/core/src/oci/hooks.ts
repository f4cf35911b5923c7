/**
 * Programs that a bundle names, run at points of a container's life: config.md, "POSIX-platform Hooks". Here those that
 * run on the host; `inner-hooks.ts` has those that run in the container's namespaces.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { TcError } from '@tc/linux';
import type { HookName, OciHook, OciHooks } from './config/hooks.ts';
import type { OciState, OciStatus } from './container-state.ts';
import { refuse } from './json.ts';

/** What hooks get on stdin, and `state` prints: runtime.md, "State". */
export function stateForHooks(
  state: Pick<OciState, 'ociVersion' | 'id' | 'bundle' | 'annotations'>,
  status: OciStatus,
  pid: number,
) {
  const { ociVersion, id, bundle, annotations } = state;
  return { ociVersion, id, status, ...(status === 'stopped' ? {} : { pid }), bundle, annotations };
}

/** Those that run before the change of root. */
export const hooksOfCreate = ['prestart', 'createRuntime', 'createContainer'] as const;

/**
 * That those of `create` are programs of the host, before anything is made.
 * @throws TcError INVALID_BUNDLE
 */
export function checkHooks(hooks: OciHooks): void {
  for (const name of hooksOfCreate) {
    for (const [index, { path }] of hooks[name].entries()) {
      if (!isProgram(path)) refuse(`hooks.${name}[${index}].path`, `is no program of the host: ${path}`);
    }
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** One after the other. A failure is told of, and the others run. */
export function runLastHooks(
  name: HookName,
  hooks: readonly OciHook[],
  state: object,
  onWarning: (message: string) => void,
): void {
  for (const [index, hook] of hooks.entries()) {
    try {
      runHook(`hooks.${name}[${index}]`, hook, state);
    } catch (error) {
      onWarning((error as Error).message);
    }
  }
}

/** One after the other. @throws TcError HOOK_FAILED at the first that fails */
export function runHooks(name: HookName, hooks: readonly OciHook[], state: object): void {
  for (const [index, hook] of hooks.entries()) runHook(`hooks.${name}[${index}]`, hook, state);
}

function runHook(at: string, { path, args, env, timeoutSeconds }: OciHook, state: object): void {
  const variables = Object.fromEntries(
    env.map((each): [string, string] => {
      const equals = each.indexOf('=');
      return equals < 0 ? [each, ''] : [each.slice(0, equals), each.slice(equals + 1)];
    }),
  );
  const { error, status, signal, stderr } = spawnSync(path, args.slice(1), {
    argv0: args[0] ?? path,
    env: variables,
    input: JSON.stringify(state),
    stdio: ['pipe', 'ignore', 'pipe'],
    maxBuffer: Number.POSITIVE_INFINITY, // more than a megabyte would be the end of it
    ...(timeoutSeconds === undefined ? {} : { timeout: timeoutSeconds * 1000, killSignal: 'SIGKILL' }),
  });
  // A hook need not read its stdin.
  const failure = (error as NodeJS.ErrnoException | undefined)?.code === 'EPIPE' ? undefined : error;
  if (failure === undefined && status === 0) return;
  const why = failure === undefined ? (signal ?? `exit code ${status}`) : failure.message;
  throw hookFailed(at, path, why, stderr?.toString() ?? '');
}

export function hookFailed(at: string, path: string, why: string, stderr: string): TcError {
  const said = stderr.trim().slice(0, 500);
  return new TcError(`${at}: ${path}: ${why}${said === '' ? '' : `: ${said}`}`, {
    code: 'HOOK_FAILED',
    operation: 'run a hook',
    hint: 'The bundle’s own program failed: its output says why.',
  });
}
