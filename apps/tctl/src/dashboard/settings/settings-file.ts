import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../../cli/usage-error.ts';
import { parseSettings, toJson } from './parse-settings.ts';
import type { Settings } from './settings.ts';

/** Where it is: the XDG base directory specification, for root too. A relative XDG_CONFIG_HOME is ignored, as it asks. */
export function settingsFile(
  env: Readonly<Record<string, string | undefined>> = process.env,
  home: string = homedir(),
): string {
  const xdg = env['XDG_CONFIG_HOME'];
  return join(xdg?.startsWith('/') ? xdg : join(home, '.config'), 'tctl/config.json');
}

/** Nothing where there is none. @throws UsageError */
export function readSettings(file: string): Settings {
  const text = readText(file);
  return text === undefined ? {} : parseSettings(text, file);
}

function readText(file: string): string | undefined {
  try {
    // A FIFO would be waited for, and a device may have no end.
    if (!statSync(file).isFile()) throw new Error('it is no file');
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UsageError(`${file}: ${message}`, 'Make it readable, or take it away.');
  }
}

/**
 * Changes some settings of the file, and leaves the others, and their order, as they are. It is there with the old
 * settings or the new ones, and with the permissions that it had. A link, as people have who keep their files elsewhere,
 * stays one.
 */
export function writeSettings(file: string, changes: Settings): void {
  const text = readText(file);
  if (text !== undefined) parseSettings(text, file); // what somebody has written meanwhile is not written over
  const before = text === undefined ? {} : (JSON.parse(text) as Record<string, unknown>);
  const after = `${JSON.stringify({ ...before, ...toJson(changes) }, undefined, 2)}\n`;
  mkdirSync(dirname(file), { recursive: true });
  const target = behindLinks(file);
  const temporary = `${target}.${process.pid}`;
  try {
    writeFileSync(temporary, after);
    if (text !== undefined) chmodSync(temporary, statSync(target).mode & 0o777);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function behindLinks(file: string): string {
  try {
    return realpathSync(file);
  } catch {}
  try {
    return resolve(dirname(file), readlinkSync(file)); // to a file that is not there yet
  } catch {
    return file;
  }
}
