/** A registry over HTTP: https://github.com/opencontainers/distribution-spec/blob/main/spec.md */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, shown, TcError } from '@tc/linux';
import { isObject } from '../oci/descriptor.ts';
import { parseChallenges } from './challenge.ts';
import type { Credentials } from './credentials.ts';

export interface RegistryRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Blob | string | undefined;
  /** Statuses that are answers, and no errors. */
  readonly allowed?: readonly number[];
  /** For errors: `pull alpine`. */
  readonly operation: string;
}

export interface RegistryOptions {
  readonly credentials?: Credentials | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `pull`, or `pull,push`. */
  readonly actions: string;
}

const maxRedirects = 5;
const maxTries = 5;
/** Where nobody answers at all. */
const maxTriesToConnect = 3;
const headersTimeoutMs = 60_000;
const maxTokenBytes = 1 << 20;

/** Plain http goes to this machine alone. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);
}

export class RegistryClient {
  readonly #registry: string;
  readonly #repository: string;
  readonly #options: RegistryOptions;
  readonly #base: string;
  #authorization: string | undefined;

  constructor(registry: string, repository: string, options: RegistryOptions) {
    this.#registry = registry;
    this.#repository = repository;
    this.#options = options;
    const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
    this.#base = `${isLoopback(host) ? 'http' : 'https'}://${host}`;
  }

  /**
   * @param path below the repository: `manifests/latest`; or a whole URL that the registry gave us
   * @throws TcError REGISTRY_UNREACHABLE, REGISTRY_DENIED, REGISTRY_NOT_FOUND, REGISTRY_ERROR
   */
  async request(path: string, request: RegistryRequest): Promise<Response> {
    const url = new URL(path, `${this.#base}/v2/${this.#repository}/`);
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#attempt(url, request).catch((error: unknown) => {
        if (this.#options.signal?.aborted || error instanceof TcError || attempt === maxTriesToConnect)
          throw this.#unreachable(error, request);
        return undefined;
      });
      if (response !== undefined) {
        if (response.ok || request.allowed?.includes(response.status)) return response;
        const isTemporary = response.status >= 500 || response.status === 429;
        if (!isTemporary || attempt === maxTries) throw await this.#refused(response, request);
        await response.body?.cancel();
      }
      const retryAfter = Number(response?.headers.get('retry-after'));
      const waitMs =
        retryAfter > 0 && retryAfter <= 60 ? retryAfter * 1000 : 200 * 2 ** attempt * (0.5 + Math.random());
      await sleep(waitMs, undefined, { ...(this.#options.signal && { signal: this.#options.signal }) });
    }
  }

  async #attempt(url: URL, request: RegistryRequest): Promise<Response> {
    const first = await this.#follow(url, request);
    if (first.status !== 401) return first;
    const authorization = await this.#authorize(first, request.operation);
    await first.body?.cancel();
    if (authorization === undefined) return first;
    this.#authorization = authorization;
    return this.#follow(url, request);
  }

  /** What proves who we are goes to the registry alone, not where it sends us for the bytes. */
  async #follow(
    start: URL,
    { method = 'GET', headers = {}, body, operation }: RegistryRequest,
  ): Promise<Response> {
    let url = start;
    if (url.origin !== new URL(this.#base).origin) this.#checkSafe(url, operation);
    for (let redirects = 0; ; redirects += 1) {
      const own = url.origin === new URL(this.#base).origin;
      const response = await this.#fetch(url, {
        method,
        headers: {
          ...headers,
          'user-agent': 'tctl',
          ...(own && this.#authorization !== undefined && { authorization: this.#authorization }),
        },
        ...(body !== undefined && { body }),
        redirect: 'manual',
      });
      const location = response.headers.get('location');
      if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
      await response.body?.cancel();
      url = new URL(location, url);
      this.#checkSafe(url, operation);
      if (redirects === maxRedirects)
        throw registryError(
          `${this.#registry} sends us from one place to the next`,
          'REGISTRY_ERROR',
          operation,
        );
    }
  }

  async #fetch(url: URL, init: RequestInit): Promise<Response> {
    const { signal } = this.#options;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(new Error('no answer in 60 s')), headersTimeoutMs);
    // Only until the answer begins: its body may take as long as it does.
    try {
      return await fetch(url, {
        ...init,
        signal: signal === undefined ? abort.signal : AbortSignal.any([signal, abort.signal]),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** From https to http there is no way; to this machine from elsewhere neither. */
  #checkSafe(url: URL, operation: string): void {
    const isLocal = isLoopback(new URL(this.#base).host);
    if (url.protocol === 'https:' && (isLocal || !isLoopback(url.host))) return;
    if (isLocal && url.protocol === 'http:' && isLoopback(url.host)) return;
    throw registryError(
      `${this.#registry} sends us to ${url.origin}, which is not safe`,
      'REGISTRY_ERROR',
      operation,
    );
  }

  /** https://distribution.github.io/distribution/spec/auth/token/ */
  async #authorize(response: Response, operation: string): Promise<string | undefined> {
    const challenges = parseChallenges(response.headers.get('www-authenticate') ?? '');
    const { credentials } = this.#options;
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer')?.parameters;
    if (bearer?.['realm'] !== undefined) return `Bearer ${await this.#token(bearer, operation)}`;
    const isBasic = challenges.some(({ scheme }) => scheme === 'basic');
    return isBasic && credentials !== undefined ? basic(credentials) : undefined;
  }

  async #token(parameters: Readonly<Record<string, string>>, operation: string): Promise<string> {
    const { credentials, actions } = this.#options;
    let url: URL;
    try {
      url = new URL(parameters['realm'] ?? '');
    } catch {
      throw registryError('the realm for tokens is no URL', 'REGISTRY_ERROR', operation);
    }
    this.#checkSafe(url, operation);
    const scope = `repository:${this.#repository}:${actions}`;
    const service = parameters['service'];
    const init: RequestInit = { redirect: 'error' };
    if (credentials?.identityToken !== undefined) {
      init.method = 'POST';
      init.body = new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: credentials.identityToken,
        client_id: 'tctl',
        scope,
        ...(service !== undefined && { service }),
      });
    } else {
      if (service !== undefined) url.searchParams.set('service', service);
      url.searchParams.set('scope', scope);
      if (credentials !== undefined) init.headers = { authorization: basic(credentials) };
    }
    const response = await this.#fetch(url, init);
    if (!response.ok) throw await this.#refused(response, { operation });
    const answer = parsed(await beginningOf(response, maxTokenBytes));
    const token = isObject(answer) ? (answer['token'] ?? answer['access_token']) : undefined;
    if (typeof token !== 'string')
      throw registryError(`${url.host} gave no token`, 'REGISTRY_ERROR', operation);
    return token;
  }

  #unreachable(error: unknown, { operation }: Pick<RegistryRequest, 'operation'>): unknown {
    if (error instanceof TcError || this.#options.signal?.aborted) return error;
    const cause = (error as Error).cause ?? error;
    const problem = `${this.#registry} can’t be reached: ${(cause as Error).message}`;
    return registryError(problem, 'REGISTRY_UNREACHABLE', operation, error);
  }

  async #refused(response: Response, { operation }: Pick<RegistryRequest, 'operation'>): Promise<TcError> {
    const said = messageOf(await beginningOf(response, 4096));
    const problem = `${this.#registry} answered ${response.status}${said === '' ? '' : `: ${said}`}`;
    if (response.status === 401 || response.status === 403)
      return registryError(problem, 'REGISTRY_DENIED', operation);
    return registryError(
      problem,
      response.status === 404 ? 'REGISTRY_NOT_FOUND' : 'REGISTRY_ERROR',
      operation,
    );
  }
}

function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** No more than that is read: a body may be without end. */
async function beginningOf(response: Response, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= mostBytes) break;
    }
  } catch {} // what has come is enough, or it is no JSON
  return Buffer.concat(chunks).toString();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The registry's own words, where it has the form that the specification asks for. */
function messageOf(text: string): string {
  const value = parsed(text);
  const [first] = isObject(value) && Array.isArray(value['errors']) ? value['errors'] : [];
  const words = isObject(first)
    ? [first['code'], first['message']].filter((word) => typeof word === 'string')
    : [];
  return words.join(': ').slice(0, 200);
}

const hints: Partial<Record<ErrorCode, string>> = {
  REGISTRY_DENIED: 'Log in with docker login or skopeo login; and private and missing images look the same.',
  REGISTRY_NOT_FOUND: 'Look at the spelling, and at which tags there are.',
  REGISTRY_UNREACHABLE:
    'Look at the name of the registry, and at the network. Plain http is for this machine alone.',
};

export function registryError(problem: string, code: ErrorCode, operation: string, cause?: unknown): TcError {
  return new TcError(shown(problem), { code, operation, hint: hints[code], cause });
}
