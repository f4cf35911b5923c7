/** `hooks` of config.json: config.md, "POSIX-platform Hooks". */
import { absolute, Fields, listOf, text, whole } from '../json.ts';

export interface OciHook {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly timeoutSeconds: number | undefined;
}

export type HookName = 'prestart' | 'createRuntime' | 'poststart' | 'poststop';
export type OciHooks = Readonly<Record<HookName, readonly OciHook[]>>;

export function readHooks(value: unknown): OciHooks {
  const hooks = new Fields(value ?? {}, 'hooks');
  hooks.refuse('createContainer', 'startContainer');
  const read = (name: HookName) => hooks.optional(name, listOf(readHook)) ?? [];
  return {
    prestart: read('prestart'),
    createRuntime: read('createRuntime'),
    poststart: read('poststart'),
    poststop: read('poststop'),
  };
}

function readHook(value: unknown, at: string): OciHook {
  const hook = new Fields(value, at);
  const path = hook.required('path', absolute);
  return {
    path,
    args: hook.optional('args', listOf(text)) ?? [path],
    env: hook.optional('env', listOf(text)) ?? [],
    timeoutSeconds: hook.optional('timeout', whole(1)),
  };
}
