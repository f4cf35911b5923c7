/** `spec`: writes a bundle's configuration to begin with. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TcError } from '@tc/linux';
import { defaultOciConfig } from './default-config.ts';

export interface WriteConfigOptions {
  /** For an ordinary user: `caller` alone is mapped. */
  readonly rootless?: boolean | undefined;
  /** By default whoever this process is. */
  readonly caller?: { readonly uid: number; readonly gid: number } | undefined;
}

/** @returns where it is. @throws TcError CONFIG_EXISTS: nothing is overwritten */
export function writeOciConfig(bundle: string, options: WriteConfigOptions = {}): string {
  const path = resolve(join(bundle, 'config.json'));
  const { caller = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 } } = options;
  const config = options.rootless ? rootlessOciConfig(caller) : defaultOciConfig();
  try {
    writeFileSync(path, `${JSON.stringify(config, undefined, 2)}\n`, { flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new TcError('it is there already', {
      code: 'CONFIG_EXISTS',
      operation: 'write config.json',
      path,
      hint: 'Remove it first.',
      cause,
    });
  }
  return path;
}

/** As the default one, in a user namespace with one user and one group in it, and without limits. */
export function rootlessOciConfig({ uid, gid }: { readonly uid: number; readonly gid: number }) {
  const { linux, mounts, ...config } = defaultOciConfig();
  const { resources: _, namespaces, ...rest } = linux;
  const map = (hostID: number) => [{ containerID: 0, hostID, size: 1 }];
  return {
    ...config,
    // Of the group tty there is none: devpts would not be mounted with it.
    mounts: mounts.map((mount) => ({
      ...mount,
      options: mount.options.filter((option) => !/^gid=/.test(option)),
    })),
    linux: {
      ...rest,
      namespaces: [...namespaces, { type: 'user' }],
      uidMappings: map(uid),
      gidMappings: map(gid),
    },
  };
}
