/** The packages as `pnpm release` would publish them, and npm to install them with. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, repository, startCommand } from './command.ts';

const directories = [
  'packages/linux',
  'packages/core',
  'packages/images',
  'packages/monitor',
  'apps/tctl',
  'apps/tc-runtime',
];

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export interface Packed {
  readonly directory: string;
  readonly tarball: string;
  /** As it is in the tarball. */
  readonly manifest: Manifest;
  /** Paths of all that is in the tarball, sorted. */
  readonly files: readonly string[];
}

const read = (path: string): Manifest & { packageManager: string } => JSON.parse(readFileSync(path, 'utf8'));

/**
 * The environment without what the package manager that runs the tests tells its scripts: npm would install somewhere
 * else, and Node.js would find in the workspace what the tarballs lack. The registry stays what the user has configured.
 */
export function installerEnvironment(): NodeJS.ProcessEnv {
  const { NODE_PATH, ...rest } = environment();
  const certificates = process.env['NODE_EXTRA_CA_CERTS'];
  const kept = Object.entries(rest).filter(
    ([name]) =>
      !/^(npm_(package|lifecycle)_.*|npm_(command|execpath|node_execpath)|npm_config_.*prefix)$/i.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    ...(certificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificates }),
  };
}

async function succeed(command: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await startCommand(command, {
    cwd,
    env: installerEnvironment(),
    timeout: 240_000,
  }).ended;
  if (code !== 0) throw new Error(`${command.join(' ')}: ${code}\n${stdout}${stderr}`);
  return stdout;
}

/** Builds what changed, and packs everything into one directory. Bundles are built by ./command.ts and ./oci.ts. */
export async function packAll(destination: string): Promise<readonly Packed[]> {
  const bin = join(repository, 'node_modules/.bin');
  await succeed([join(bin, 'tsc'), '--build', 'apps/tctl', 'apps/tc-runtime'], repository);
  const [pnpm = ''] = /^pnpm@[\d.]+/.exec(read(join(repository, 'package.json')).packageManager) ?? [];
  await succeed(['npx', '--yes', pnpm, '--recursive', 'pack', '--pack-destination', destination], repository);
  return directories.map((directory) => {
    const { name, version } = read(join(repository, directory, 'package.json'));
    const tarball = join(destination, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
    const tar = (...args: string[]) => execFileSync('tar', args, { encoding: 'utf8' });
    const files = tar('-tzf', tarball).trimEnd().split('\n');
    return {
      directory,
      tarball,
      manifest: JSON.parse(tar('-xzOf', tarball, 'package/package.json')),
      files: files.map((file) => file.slice('package/'.length)).sort(),
    };
  });
}

/** `npm install`, as a user types it. What is not among the arguments comes from the registry. */
export async function npmInstall(cwd: string, ...args: string[]): Promise<void> {
  await succeed(['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...args], cwd);
}
