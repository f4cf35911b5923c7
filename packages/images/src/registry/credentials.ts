/** Who we are for a registry, from ~/.docker/config.json: what `docker login` and `skopeo login` have written. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TcError } from '@tc/linux';
import { isObject, parseObject } from '../oci/descriptor.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Given for a token, in place of a password. */
  readonly identityToken?: string | undefined;
}

/** @returns undefined: anonymous. @throws TcError DOCKER_CONFIG, CREDENTIAL_HELPER */
export async function credentialsFor(
  registry: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Credentials | undefined> {
  const path = join(env['DOCKER_CONFIG'] || join(homedir(), '.docker'), 'config.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new TcError(message, { code: 'DOCKER_CONFIG', operation: `read ${path}`, path, cause: error });
  }
  const { helper, server, written } = parseDockerConfig(text, path, registry);
  return (helper === undefined ? undefined : await askHelper(helper, server)) ?? written();
}

export interface DockerConfig {
  /** Who is to be asked first: docker-credential-HELPER. */
  readonly helper: string | undefined;
  /** How a helper calls the registry. */
  readonly server: string;
  /** What the file itself has. @throws TcError DOCKER_CONFIG */
  written(): Credentials | undefined;
}

/** What the file says of one registry. Pure. @throws TcError IMAGE_INVALID where it is no JSON */
export function parseDockerConfig(text: string, path: string, registry: string): DockerConfig {
  const { auths, credHelpers, credsStore } = parseObject(text, path);
  const hosts =
    registry === 'docker.io' ? ['docker.io', 'index.docker.io', 'registry-1.docker.io'] : [registry];
  const own = isObject(credHelpers) ? hosts.map((host) => credHelpers[host]).find(Boolean) : undefined;
  const helper = own ?? credsStore;
  return {
    helper: typeof helper === 'string' && helper !== '' ? helper : undefined,
    server: registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry,
    written: () => {
      if (!isObject(auths)) return undefined;
      const entry = Object.entries(auths).find(([key]) => hosts.includes(hostOf(key)))?.[1];
      return isObject(entry) ? parseEntry(entry, path) : undefined;
    },
  };
}

/** Keys are hosts, or URLs of old: `https://index.docker.io/v1/`. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').split('/')[0] ?? '';
}

function parseEntry(entry: Readonly<Record<string, unknown>>, path: string): Credentials | undefined {
  const { auth, username, password, identitytoken } = entry;
  const identityToken = typeof identitytoken === 'string' && identitytoken !== '' ? identitytoken : undefined;
  if (typeof auth === 'string' && auth !== '') {
    const decoded = Buffer.from(auth, 'base64').toString();
    const colon = decoded.indexOf(':');
    if (colon < 1) {
      throw new TcError('an auth in it is not user:password in base64', {
        code: 'DOCKER_CONFIG',
        operation: `read ${path}`,
        path,
        hint: 'Log in again.',
      });
    }
    return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1), identityToken };
  }
  if (typeof username === 'string' && typeof password === 'string')
    return { username, password, identityToken };
  return identityToken === undefined ? undefined : { username: '', password: '', identityToken };
}

/** https://github.com/docker/docker-credential-helpers: the server goes in, JSON comes out. */
async function askHelper(helper: string, server: string): Promise<Credentials | undefined> {
  const operation = `ask docker-credential-${helper} for ${server}`;
  const refuse = (problem: string, cause?: unknown) =>
    new TcError(problem, {
      code: 'CREDENTIAL_HELPER',
      operation,
      hint: 'The helper is named in ~/.docker/config.json: install it, or take it out there.',
      cause,
    });
  if (!/^[\w.-]+$/.test(helper)) throw refuse('that is no name of a helper');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = execFile(`docker-credential-${helper}`, ['get'], { timeout: 60_000 }, (error, stdout) => {
    // Which text says so is part of the protocol, such as it is.
    if (/credentials not found/.test(stdout)) resolve('');
    else if (error) reject(refuse(stdout.trim().slice(0, 200) || error.message, error));
    else resolve(stdout);
  });
  child.stdin?.on('error', () => {}); // it may not read it
  child.stdin?.end(server);
  const answer = await promise;
  if (answer === '') return undefined;
  const { Username, Secret } = parseObject(answer, operation);
  if (typeof Username !== 'string' || typeof Secret !== 'string')
    throw refuse('it gave no Username and Secret');
  return Username === '<token>'
    ? { username: '', password: '', identityToken: Secret }
    : { username: Username, password: Secret };
}
