import { isDigest } from '../names/reference.ts';
import { invalidImage, isObject, parseObject, stringsOf, textOf } from './descriptor.ts';

/** How an image wants to be run: https://github.com/opencontainers/image-spec/blob/main/config.md */
export interface ImageSettings {
  /** `KEY=value`. */
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly workingDir: string | undefined;
  readonly user: string | undefined;
  /** `80/tcp`. */
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly stopSignal: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

export interface HistoryEntry {
  readonly createdAt: Date | undefined;
  readonly createdBy: string | undefined;
  readonly comment: string | undefined;
  readonly emptyLayer: boolean;
}

export interface ImageConfig {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | undefined;
  readonly createdAt: Date | undefined;
  readonly author: string | undefined;
  readonly settings: ImageSettings;
  /** Digests of the uncompressed layers, the lowest first. */
  readonly diffIds: readonly string[];
  readonly history: readonly HistoryEntry[];
}

/** @throws TcError IMAGE_INVALID */
export function parseImageConfig(text: string, what: string): ImageConfig {
  const { os, architecture, variant, created, author, config, rootfs, history } = parseObject(text, what);
  const diffIds = isObject(rootfs) ? rootfs['diff_ids'] : undefined;
  if (!Array.isArray(diffIds) || !diffIds.every((each) => typeof each === 'string' && isDigest(each)))
    throw invalidImage(what, 'its rootfs has no list of diff_ids');
  return {
    os: textOf(os) ?? 'linux',
    architecture: textOf(architecture) ?? '',
    variant: textOf(variant),
    createdAt: date(created),
    author: textOf(author),
    settings: parseSettings(isObject(config) ? config : {}),
    diffIds,
    history: (Array.isArray(history) ? history : []).filter(isObject).map((entry) => ({
      createdAt: date(entry['created']),
      createdBy: textOf(entry['created_by']),
      comment: textOf(entry['comment']),
      emptyLayer: entry['empty_layer'] === true,
    })),
  };
}

function parseSettings(config: Readonly<Record<string, unknown>>): ImageSettings {
  const labels = stringsOf(config['Labels']);
  return {
    env: texts(config['Env']),
    entrypoint: texts(config['Entrypoint']),
    cmd: texts(config['Cmd']),
    workingDir: textOf(config['WorkingDir']),
    user: textOf(config['User']),
    exposedPorts: keys(config['ExposedPorts']),
    volumes: keys(config['Volumes']),
    stopSignal: textOf(config['StopSignal']),
    labels,
  };
}

/** The settings as the configuration of an image has them. */
export function encodeSettings(settings: ImageSettings): Record<string, unknown> {
  const set = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));
  return {
    ...(settings.env.length > 0 && { Env: settings.env }),
    ...(settings.entrypoint.length > 0 && { Entrypoint: settings.entrypoint }),
    ...(settings.cmd.length > 0 && { Cmd: settings.cmd }),
    ...(settings.workingDir !== undefined && { WorkingDir: settings.workingDir }),
    ...(settings.user !== undefined && { User: settings.user }),
    ...(settings.exposedPorts.length > 0 && { ExposedPorts: set(settings.exposedPorts) }),
    ...(settings.volumes.length > 0 && { Volumes: set(settings.volumes) }),
    ...(settings.stopSignal !== undefined && { StopSignal: settings.stopSignal }),
    ...(Object.keys(settings.labels).length > 0 && { Labels: settings.labels }),
  };
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];

const keys = (value: unknown): string[] => (isObject(value) ? Object.keys(value) : []);

function date(value: unknown): Date | undefined {
  const parsed = typeof value === 'string' ? new Date(value) : undefined;
  return parsed === undefined || Number.isNaN(parsed.getTime()) ? undefined : parsed;
}
