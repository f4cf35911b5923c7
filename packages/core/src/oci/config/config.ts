/**
 * config.json of an OCI bundle: runtime-spec 1.2, config.md and config-linux.md. Fields that nobody knows are passed
 * over, as the specification demands; those that it knows and this runtime lacks are errors that name them.
 */
import { Fields, flag, listOf, mapOf, nonEmpty, refuse, text } from '../json.ts';
import { type OciHooks, readHooks } from './hooks.ts';
import { type OciLinux, readLinux } from './linux.ts';
import { type OciMount, readMount } from './mounts.ts';
import { type OciProcess, readOciProcess } from './process.ts';

export interface OciConfig {
  readonly ociVersion: string;
  /** Absent: a container that only holds namespaces can't be started. */
  readonly process: OciProcess | undefined;
  readonly root: { readonly path: string; readonly readonly: boolean };
  readonly hostname: string | undefined;
  readonly domainname: string | undefined;
  readonly mounts: readonly OciMount[];
  readonly hooks: OciHooks;
  readonly annotations: Readonly<Record<string, string>>;
  readonly linux: OciLinux;
}

/** @throws TcError INVALID_BUNDLE, UNSUPPORTED_FIELD, INVALID_SECCOMP */
export function readOciConfig(value: unknown): OciConfig {
  const config = new Fields(value, '');
  const ociVersion = config.required('ociVersion', text);
  if (!/^1\.\d+\.\d+/.test(ociVersion)) refuse('ociVersion', `is ${JSON.stringify(ociVersion)}, and not 1.x`);
  config.refuse('solaris', 'windows', 'vm', 'zos', 'freebsd');
  const root = config.fields('root') ?? refuse('root', 'is missing');
  return {
    ociVersion,
    process: config.optional('process', readOciProcess),
    root: {
      path: root.required('path', text),
      readonly: root.optional('readonly', flag) ?? false,
    },
    hostname: nonEmpty(config.optional('hostname', text)),
    domainname: nonEmpty(config.optional('domainname', text)),
    mounts: config.optional('mounts', listOf(readMount)) ?? [],
    hooks: readHooks(config.raw('hooks')),
    annotations: config.optional('annotations', mapOf(text)) ?? {},
    linux: readLinux(config.raw('linux') ?? {}),
  };
}
