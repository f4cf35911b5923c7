import { TcError } from '@tc/linux';

/** A name of an image, all parts of it said: `docker.io/library/alpine:latest`. */
export interface Reference {
  /** `docker.io`, `localhost:5000`. */
  readonly registry: string;
  /** `library/alpine`. */
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:...`. */
  readonly digest: string | undefined;
}

// The grammar of github.com/distribution/reference.
const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const repositoryPattern = new RegExp(`^${component}(?:/${component})*$`);
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const registryPattern = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[0-9a-fA-F:]+\\])(?::\\d{1,5})?$`);
const tagPattern = /^\w[\w.-]{0,127}$/;
const longestName = 255;
/** With a tag and a digest. */
const longestText = longestName + 128 + 80;

/**
 * A name as a user writes it: `alpine`, `me/app:1`, `localhost:5000/app@sha256:...`. Without a tag and a digest it is
 * `:latest`.
 * @throws TcError IMAGE_NAME
 */
export function parseReference(text: string): Reference {
  const bare = parseBare(text);
  return bare.tag === undefined && bare.digest === undefined ? { ...bare, tag: 'latest' } : bare;
}

function parseBare(text: string): Reference {
  // Before anything looks at it: names come from archives, too, and could have megabytes.
  if (text.length > longestText) throw badName(`${text.slice(0, 80)}...`, `it has ${text.length} characters`);
  const at = text.indexOf('@');
  const digest = at === -1 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest))
    throw badName(text, 'its digest is not sha256: and 64 digits');
  const named = at === -1 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  const name = hasTag ? named.slice(0, colon) : named;
  if (tag !== undefined && !tagPattern.test(tag)) throw badName(text, 'its tag is not one');
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  // As Docker: only what can't be a part of a name on the Hub is the name of a registry.
  const isRegistry = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const given = isRegistry ? first : 'docker.io';
  const registry = given === 'index.docker.io' ? 'docker.io' : given;
  const path = isRegistry ? name.slice(slash + 1) : name;
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  if (!registryPattern.test(registry)) throw badName(text, 'its registry is no host');
  if (!repositoryPattern.test(repository)) {
    throw badName(text, /[A-Z]/.test(repository) ? 'it has capital letters' : 'it is not of that form');
  }
  if (registry.length + 1 + repository.length > longestName)
    throw badName(text, `it has more than ${longestName} characters`);
  return { registry, repository, tag, digest };
}

/** The whole name. */
export function formatReference({ registry, repository, tag, digest }: Reference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** A name as people write it: what Docker leaves out is left out. */
export function familiarName(name: string): string {
  return name.replace(/^docker\.io\/(library\/)?/, '');
}

export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}

function badName(text: string, problem: string): TcError {
  return new TcError(problem, {
    code: 'IMAGE_NAME',
    operation: `read the name ${JSON.stringify(text)}`,
    hint: 'Names are [REGISTRY/]PATH[:TAG][@sha256:...], in small letters: alpine:3.20, localhost:5000/me/app.',
  });
}
