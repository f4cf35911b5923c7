import { debianArchive, type ImageSettings, type ImportSource, parsePlatform } from '@tc/images';
import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeError, writeOut } from '../cli/output.ts';
import { UsageError } from '../cli/usage-error.ts';
import { importImage } from '../table/images.ts';
import { imageStore } from './image-users.ts';
import { standardInput } from './standard-input.ts';
import { untilInterrupted } from './until-interrupted.ts';

export const importCommand = command(
  importImage,
  async ({ change = [], message, platform, debian, include, json = false }, operands) => {
    const [source, name, ...others] = debian === undefined ? operands : ['', ...operands];
    if (source === undefined)
      throw new UsageError('the archive or directory is missing', 'tctl import --help');
    if (others.length > 0) throw new UsageError('with --debian there is only a name', 'tctl import --help');
    const settings = parseChanges(change);
    const comment = message ?? (debian === undefined ? undefined : `Debian ${debian}`);
    const image = await untilInterrupted((signal) =>
      imageStore().import(open(source, debian, include, signal), name, {
        signal,
        settings,
        ...(comment !== undefined && { comment }),
        ...(platform !== undefined && { platform: parsePlatform(platform) }),
      }),
    );
    writeOut(json ? jsonText(image) : `${image.id}\n`);
    return 0;
  },
);

function open(
  source: string,
  debian: string | undefined,
  include: string | undefined,
  signal: AbortSignal,
): ImportSource {
  if (debian === undefined) return source === '-' ? standardInput() : source;
  const packages = include?.split(',').filter((each) => each !== '');
  return debianArchive({ suite: debian, packages, signal, onOutput: writeError });
}

type Changes = { -readonly [K in keyof ImageSettings]?: ImageSettings[K] };

/** The instructions of a Dockerfile that say how containers are run. @throws UsageError */
export function parseChanges(
  changes: readonly string[],
  before: Partial<ImageSettings> = {},
): Partial<ImageSettings> {
  const settings: Changes = { ...before };
  for (const change of changes) {
    const [, word = '', rest = ''] = /^\s*(\w+)\s+(.*\S)\s*$/s.exec(change) ?? [];
    const refuse = (problem: string) => new UsageError(`--change ${JSON.stringify(change)}: ${problem}`);
    const words = () => wordsOf(rest, refuse);
    switch (word.toUpperCase()) {
      case 'CMD':
        settings.cmd = words();
        break;
      case 'ENTRYPOINT':
        settings.entrypoint = words();
        break;
      case 'ENV': {
        const [key, value] = pair(rest, refuse);
        const others = (settings.env ?? []).filter((each) => !each.startsWith(`${key}=`));
        settings.env = [...others, `${key}=${value}`];
        break;
      }
      case 'LABEL': {
        const [key, value] = pair(rest, refuse);
        settings.labels = { ...settings.labels, [key]: value };
        break;
      }
      case 'EXPOSE':
        settings.exposedPorts = [
          ...(settings.exposedPorts ?? []),
          ...rest.split(/\s+/).map((port) => (port.includes('/') ? port : `${port}/tcp`)),
        ];
        break;
      case 'STOPSIGNAL':
        settings.stopSignal = rest;
        break;
      case 'USER':
        settings.user = rest;
        break;
      case 'VOLUME':
        settings.volumes = [
          ...(settings.volumes ?? []),
          ...(rest.startsWith('[') ? words() : rest.split(/\s+/)),
        ];
        break;
      case 'WORKDIR':
        settings.workingDir = rest;
        break;
      default:
        throw refuse('that is no instruction of how to run a container');
    }
  }
  return settings;
}

/** A list in JSON, or a line for the shell. */
function wordsOf(rest: string, refuse: (problem: string) => UsageError): string[] {
  if (!rest.startsWith('[')) return ['/bin/sh', '-c', rest];
  let value: unknown;
  try {
    value = JSON.parse(rest);
  } catch {
    throw refuse('that list is no JSON');
  }
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  throw refuse('that list has more than texts in it');
}

function pair(rest: string, refuse: (problem: string) => UsageError): [string, string] {
  const [, key, quoted, bare] = /^([^\s=]+)(?:=|\s+)(?:"(.*)"|(.*))$/s.exec(rest) ?? [];
  if (key === undefined) throw refuse('it takes KEY=VALUE');
  return [key, quoted ?? bare ?? ''];
}
