import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { RegistryClient } from '../../src/registry/client.ts';

const operation = 'pull x';

async function clientOf(listener: RequestListener): Promise<RegistryClient> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => server.closeAllConnections());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return new RegistryClient(`127.0.0.1:${port}`, 'x', { actions: 'pull' });
}

/** A body that goes on as long as anybody reads it. */
function sendWithoutEnd(response: ServerResponse): void {
  const piece = Buffer.alloc(1 << 16, 'a');
  const send = () => {
    while (response.write(piece));
  };
  response.on('drain', send).on('error', () => {});
  send();
}

it('reads no more of an error than it says', { timeout: 5_000 }, async () => {
  const client = await clientOf((_, response) => sendWithoutEnd(response.writeHead(404)));
  await expect(client.request('manifests/1', { operation })).rejects.toMatchObject({
    code: 'REGISTRY_NOT_FOUND',
  });
});

it('reads no more of a token than one has', { timeout: 5_000 }, async () => {
  const client = await clientOf((request, response) => {
    if (request.url?.startsWith('/token')) sendWithoutEnd(response.writeHead(200));
    else {
      const realm = `http://${request.headers.host}/token`;
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
    }
  });
  await expect(client.request('manifests/1', { operation })).rejects.toThrow('gave no token');
});

it('passes on what the registry says', async () => {
  const client = await clientOf((_, response) => {
    response.writeHead(403).end(JSON.stringify({ errors: [{ code: 'DENIED', message: 'not yours' }] }));
  });
  await expect(client.request('manifests/1', { operation })).rejects.toThrow(
    'answered 403: DENIED: not yours',
  );
});
