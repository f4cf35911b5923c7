import { statSync } from 'node:fs';
import { basename, join, posix, resolve } from 'node:path';
import { Container, type ContainerFiles } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { writeError } from '../cli/output.ts';
import { printable } from '../cli/printable.ts';
import { UsageError } from '../cli/usage-error.ts';
import { cp } from '../table/looking.ts';
import { refuseTerminal, writeArchive } from './binary-output.ts';
import { archiveOf, extractInto } from './cp-archive.ts';
import { standardInput } from './standard-input.ts';
import { untilInterrupted } from './until-interrupted.ts';

export const cpCommand = command(cp, async ({ archive = false }, [from = '', to = '']) => {
  const [source, target] = [parsePlace(from), parsePlace(to)];
  if ((source.container === undefined) === (target.container === undefined)) {
    const hint = 'Write CONTAINER:PATH for one of the two; a path of the host may begin with ./';
    throw new UsageError('one of the two must be in a container', hint);
  }
  if (target.path === stream) refuseTerminal('Pipe the archive, or redirect it to a file.');
  const input = source.path === stream ? standardInput() : undefined;
  await cleanUp();
  const { files } = await Container.get(source.container ?? target.container ?? '');
  const options = { preserve: archive };
  if (target.path === stream) {
    await writeArchive(archiveOf(files, source.path, isContents(source.path), leftOut), undefined);
    return 0;
  }
  if (input !== undefined) {
    const { skipped, devices } = await untilInterrupted((signal) =>
      extractInto(files, input, target.path, options, signal),
    ).finally(() => input.destroy()); // there may be more of it, which nobody reads
    skipped.forEach(leftOut);
    if (devices > 0) writeError(`tctl: left out ${devices} devices\n`);
    return 0;
  }
  const { skipped } =
    source.container === undefined
      ? await files.copyIn(source.path, await targetInside(files, source.path, target.path), options)
      : await files.copyOut(source.path, await targetOutside(files, source.path, target.path), options);
  skipped.forEach(leftOut);
  return 0;
});

const leftOut = (path: string): void =>
  writeError(`tctl: left out ${printable(path)}: it is a device, a FIFO or a socket\n`);

/** As a path of the host: stdin or stdout, with an archive. A file of that name is `./-`. */
const stream = '-';

export interface Place {
  /** Undefined: the host. */
  readonly container: string | undefined;
  readonly path: string;
}

/** As Docker: what begins with a slash or a dot is a path of the host, whatever colons it has. @throws UsageError */
export function parsePlace(text: string): Place {
  const colon = text.indexOf(':');
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
