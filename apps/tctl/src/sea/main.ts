/**
 * The program of the single-file executable, which sea.mjs makes: what bin/tctl.cjs is of the package. It runs in every
 * thread. The bundles and their code caches are assets of the executable, and so is koffi.
 */
import { getRawAsset } from 'node:sea';
import { Script } from 'node:vm';
import * as threads from 'node:worker_threads';
import { directoryInside, requireInside } from './require-inside.ts';

interface Bundle {
  main(args: readonly string[]): void;
}

type Program = (exports: object, require: (id: string) => unknown, module: object, filename: string) => void;

if (threads.isMainThread) load<Bundle>('tctl').main(process.argv.slice(2));
else load(process.argv.at(-1) ?? '');

function load<T>(name: string): T {
  const filename = `${directoryInside}${name}.bundle`;
  const source = Buffer.from(getRawAsset(`${name}.bundle`)).toString('latin1');
  const cachedData = Buffer.from(getRawAsset(`${name}.bundle.cache`));
  const program = new Script(source, { filename, cachedData }).runInThisContext() as Program;
  const module = { exports: {} as T };
  program(module.exports as object, (id) => requireInside(id, load), module, filename);
  return module.exports;
}
