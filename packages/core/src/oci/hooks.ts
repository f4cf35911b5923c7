/** Programs that a bundle names, run on the host at points of a container's life: config.md, "POSIX-platform Hooks". */
import { spawnSync } from 'node:child_process';
import { TcError } from '@tc/linux';
import type { OciHook } from './config/hooks.ts';
import type { OciState, OciStatus } from './container-state.ts';

/** What hooks get on stdin, and `state` prints: runtime.md, "State". */
export function stateForHooks(
  state: Pick<OciState, 'ociVersion' | 'id' | 'bundle' | 'annotations'>,
  status: OciStatus,
  pid: number,
) {
  const { ociVersion, id, bundle, annotations } = state;
  return { ociVersion, id, status, ...(status === 'stopped' ? {} : { pid }), bundle, annotations };
}

/** One after the other. @throws TcError HOOK_FAILED at the first that fails */
export function runHooks(name: string, hooks: readonly OciHook[], state: object): void {
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
    ...(timeoutSeconds === undefined ? {} : { timeout: timeoutSeconds * 1000, killSignal: 'SIGKILL' }),
  });
  // A hook need not read its stdin.
  const failure = (error as NodeJS.ErrnoException | undefined)?.code === 'EPIPE' ? undefined : error;
  if (failure === undefined && status === 0) return;
  const said = stderr?.toString().trim().slice(0, 500) ?? '';
  const why = failure === undefined ? (signal ?? `exit code ${status}`) : failure.message;
  throw new TcError(`${at}: ${path}: ${why}${said === '' ? '' : `: ${said}`}`, {
    code: 'HOOK_FAILED',
    operation: 'run a hook',
    hint: 'The bundle’s own program failed: its output says why.',
  });
}
