/** `hooks` of config.json: config.md, "POSIX-platform Hooks". */
import { absolute, Fields, listOf, text, whole } from '../json.ts';

export interface OciHook {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly timeoutSeconds: number | undefined;
}

/** In the order in which they run. */
export const hookNames = [
  'prestart',
  'createRuntime',
  'createContainer',
  'startContainer',
  'poststart',
  'poststop',
] as const;
export type HookName = (typeof hookNames)[number];
export type OciHooks = Readonly<Record<HookName, readonly OciHook[]>>;

export function readHooks(value: unknown): OciHooks {
  const hooks = new Fields(value ?? {}, 'hooks');
  const read = (name: HookName) => hooks.optional(name, listOf(readHook)) ?? [];
  return Object.fromEntries(hookNames.map((name) => [name, read(name)])) as OciHooks;
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
