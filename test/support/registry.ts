/** Debian's docker-registry on a port of this machine, and a door before it that is out of order as a test wants it. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from './scale.ts';

export interface Registry extends AsyncDisposable {
  /** `127.0.0.1:PORT`: how images in it are named. */
  readonly host: string;
}

/** `secret`, as htpasswd -B has it. */
const secretHash = '$2b$04$rcoxEKI58.TZEN7LjvQZ5ev95ghC/8aIhz8XjsUkbwg/TGDpNYsRG';

export async function startRegistry(directory: string, { password = false } = {}): Promise<Registry> {
  const data = join(directory, 'registry');
  mkdirSync(data);
  const port = await freePort();
  writeFileSync(join(directory, 'htpasswd'), `user:${secretHash}\n`);
  const auth = password ? `auth: {htpasswd: {realm: test, path: ${join(directory, 'htpasswd')}}}\n` : '';
  writeFileSync(
    join(directory, 'config.yml'),
    `version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: ${data}}}\nhttp: {addr: '127.0.0.1:${port}'}\n${auth}`,
  );
  const child = spawn('docker-registry', ['serve', join(directory, 'config.yml')], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const deadline = performance.now() + scaled(20_000);
  while (!(await isOpen(port))) {
    if (performance.now() > deadline) throw new Error('docker-registry does not start');
    await sleep(20);
  }
  return {
    host: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await listen(server);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

export interface Door extends Registry {
  /** What was asked for: `GET /v2/...`, with `range` and `authorization` where they were sent. */
  readonly requests: {
    readonly method: string;
    readonly url: string;
    readonly range?: string;
    readonly authorization?: string;
  }[];
}

/** @param act answers a request itself, and says so; else it goes to the registry */
export async function startDoor(
  host: string,
  act: (request: IncomingMessage, response: ServerResponse, door: Door) => boolean,
  /** May change, or cut off, what the registry answers. */
  pass: (request: IncomingMessage, from: IncomingMessage, response: ServerResponse) => void = (
    _,
    from,
    response,
  ) => {
    response.writeHead(from.statusCode ?? 500, from.headers);
    from.pipe(response);
  },
): Promise<Door> {
  const requests: Door['requests'] = [];
  const server = createServer((incoming, response) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const { range, authorization } = headers;
    requests.push({ method, url, ...(range && { range }), ...(authorization && { authorization }) });
    if (act(incoming, response, door)) return;
    const { authorization: _, ...rest } = headers; // ours to check
    const outgoing = request(
      { host: '127.0.0.1', port: host.split(':')[1], method, path: url, headers: rest },
      (from) => pass(incoming, from, response),
    );
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  });
  await listen(server);
  const door: Door = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return door;
}
