/** "Did you mean web?" for a container, an image or a volume that is not there. */
import { cliHints } from './hints.ts';
import { nearest } from './nearest.ts';
import { printError } from './print-error.ts';

/** As `printError`, with a hint that names what is almost called so, if there is such a one. */
export async function reportError(error: unknown): Promise<void> {
  printError(error, await hintFor(error).catch(() => undefined));
}

async function hintFor(error: unknown): Promise<string | undefined> {
  const { code, operation } = (error ?? {}) as { code?: unknown; operation?: unknown };
  const names = typeof code === 'string' && Object.hasOwn(lists, code) ? lists[code] : undefined;
  const wanted = /^\w+ the \w+ (.+)$/s.exec(String(operation))?.[1];
  if (names === undefined || wanted === undefined) return undefined;
  const near = nearest(wanted, await names());
  return near === undefined
    ? undefined
    : [`Did you mean ${near}?`, cliHints[String(code)]].join(' ').trimEnd();
}

/** Each from the bundle that knows it, which is loaded for that alone. */
const lists: Readonly<Record<string, () => Promise<string[]>>> = {
  CONTAINER_NOT_FOUND: async () =>
    (await (await import('../commands/ps.ts')).containerNames()).map(({ name }) => name),
  IMAGE_NOT_FOUND: async () =>
    (await (await import('../commands/images.ts')).imageNames()).flatMap((name) => [
      name,
      name.replace(/:latest$/, ''),
    ]),
  VOLUME_NOT_FOUND: async () => (await import('../commands/containers.ts')).volumeNames(),
};
