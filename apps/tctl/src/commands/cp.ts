import { statSync } from 'node:fs';
import { basename, join, posix, resolve } from 'node:path';
import { Container, type ContainerFiles } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { writeError } from '../cli/output.ts';
import { printable } from '../cli/printable.ts';
import { UsageError } from '../cli/usage-error.ts';
import { cp } from '../table/looking.ts';

export const cpCommand = command(cp, async ({ archive = false }, [from = '', to = '']) => {
  const [source, target] = [parsePlace(from), parsePlace(to)];
  if ((source.container === undefined) === (target.container === undefined)) {
    const hint = 'Write CONTAINER:PATH for one of the two; a path of the host may begin with ./';
    throw new UsageError('one of the two must be in a container', hint);
  }
  await cleanUp();
  const { files } = await Container.get(source.container ?? target.container ?? '');
  const options = { preserve: archive };
  const { skipped } =
    source.container === undefined
      ? await files.copyIn(source.path, await targetInside(files, source.path, target.path), options)
      : await files.copyOut(source.path, await targetOutside(files, source.path, target.path), options);
  for (const path of skipped)
    writeError(`tctl: left out ${printable(path)}: it is a device, a FIFO or a socket\n`);
  return 0;
});

export interface Place {
  /** Undefined: the host. */
  readonly container: string | undefined;
  readonly path: string;
}

/** As Docker: what begins with a slash or a dot is a path of the host, whatever colons it has. @throws UsageError */
export function parsePlace(text: string): Place {
  const colon = text.indexOf(':');
  if (text === '-')
    throw new UsageError('- is no place', 'There are no archives as yet: name a file or directory.');
  if (text === '' || text.endsWith(':')) throw new UsageError(`${JSON.stringify(text)} has no path`);
  if (/^[/.]/.test(text) || colon < 1) return { container: undefined, path: text };
  const path = text.slice(colon + 1);
  // From the root, as in Docker; and what a slash or `/.` at the end says is kept.
  return { container: text.slice(0, colon), path: path.startsWith('/') ? path : `/${path}` };
}

const isContents = (path: string) => /(^|\/)\.$/.test(path);

async function targetInside(files: ContainerFiles, source: string, target: string): Promise<string> {
  const isDirectory = await files.stat(target).then(
    ({ type }) => type === 'directory',
    () => false, // what comes next tells
  );
  const sourceIsDirectory = statSync(source, { throwIfNoEntry: false })?.isDirectory() ?? false;
  refuseMissing(target, isDirectory, sourceIsDirectory);
  if (!isDirectory || (sourceIsDirectory && isContents(source))) return target;
  return posix.join(target, basename(resolve(source)));
}

async function targetOutside(files: ContainerFiles, source: string, target: string): Promise<string> {
  const isDirectory = statSync(target, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const sourceIsDirectory = (await files.stat(source)).type === 'directory';
  refuseMissing(target, isDirectory, sourceIsDirectory);
  if (!isDirectory || (sourceIsDirectory && isContents(source))) return target;
  return join(target, posix.basename(posix.resolve('/', source)));
}

/** A file can't get a name that says that it is a directory. @throws UsageError */
function refuseMissing(target: string, isDirectory: boolean, sourceIsDirectory: boolean): void {
  if (isDirectory || sourceIsDirectory || !target.endsWith('/')) return;
  throw new UsageError(`${JSON.stringify(target)} is no directory`, 'Make it first, or leave the slash out.');
}
