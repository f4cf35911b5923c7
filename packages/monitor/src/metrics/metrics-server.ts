import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TcError } from '@tc/linux';
import type { Frame } from '../frames/frame.ts';
import { contentTypes, type ExpositionOptions, exposition, type MetricsFormat } from './exposition.ts';
import { parseListen } from './listen-address.ts';
import { negotiate } from './negotiate.ts';

export interface MetricsServerOptions extends Pick<ExpositionOptions, 'labels'> {
  /** Default `127.0.0.1:9099`. Port 0 is any that is free. */
  readonly listen?: string;
  /** Whether it may listen where others can connect. There is no password. Default false. */
  readonly allowRemote?: boolean;
  /** What is told, now. Undefined where there is nothing yet. */
  readonly frame: () => Frame | undefined;
}

export interface MetricsServer extends AsyncDisposable {
  /** `http://127.0.0.1:9099/metrics` */
  readonly url: string;
  /** Ends every connection. */
  close(): Promise<void>;
}

/** Enough for several Prometheus servers and a person, and for nobody who wants to use all of memory. */
const mostConnections = 64;
const requestTimeoutMs = 10_000;
const longestHead = 16 * 1024;

/**
 * Serves frames at /metrics.
 * @throws TcError INVALID_LISTEN, LISTEN_NOT_LOOPBACK, LISTEN_FAILED
 */
export async function serveMetrics(options: MetricsServerOptions): Promise<MetricsServer> {
  const { host, port } = parseListen(options.listen ?? '127.0.0.1:9099', options.allowRemote ?? false);
  const answer = answerer(options);
  const server = createServer({ maxHeaderSize: longestHead, requestTimeout: requestTimeoutMs }, answer);
  server.maxConnections = mostConnections;
  server.headersTimeout = requestTimeoutMs;
  server.timeout = 2 * requestTimeoutMs; // a reader that does not read
  await listen(server, host, port);
  const { port: actual } = server.address() as AddressInfo;
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections(); // kept alive by their clients, they would keep this process
    await closed;
  };
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}/metrics`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw new TcError((error as Error).message, {
      code: 'LISTEN_FAILED',
      operation: `listen at ${host}:${port}`,
      hint: 'Take another port, or end what listens there: ss -ltnp tells.',
      cause: error,
    });
  }
}

function answerer({ frame, labels }: MetricsServerOptions) {
  // Many who ask within a second get one text.
  const texts = new Map<MetricsFormat, { readonly of: Frame; readonly text: Buffer }>();
  const textOf = (of: Frame, format: MetricsFormat): Buffer => {
    const known = texts.get(format);
    if (known?.of === of) return known.text;
    const text = Buffer.from(exposition(of, { format, labels }));
    texts.set(format, { of, text });
    return text;
  };
  return (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    const path = (request.url ?? '').split('?', 1)[0];
    const isPage = path === '/' || path === '/metrics';
    if (isPage && request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return say(response, 405, 'Only GET and HEAD.\n');
    }
    if (path === '/') return say(response, 200, 'Metrics of the cgroups of this machine are at /metrics.\n');
    if (path !== '/metrics') return say(response, 404, 'There is nothing here. Metrics are at /metrics.\n');
    const now = frame();
    if (now === undefined) {
      response.setHeader('Retry-After', '1');
      return say(response, 503, 'Nothing was sampled yet.\n');
    }
    const format = negotiate(request.headers.accept);
    response.setHeader('Vary', 'Accept');
    return say(response, 200, textOf(now, format), contentTypes[format]);
  };
}

function say(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  type = 'text/plain; charset=utf-8',
): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': bytes.length,
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(bytes); // Node.js leaves the body of an answer to HEAD out
}
