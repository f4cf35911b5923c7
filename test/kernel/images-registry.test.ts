import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ImageStore, type PullProgress } from '@tc/images';
import { beforeEach, describe, expect, it } from 'vitest';
import { installed, quickMachine } from '../support/installed.ts';
import { newDirectory, refusal, watchLeftovers } from '../support/kernel.ts';
import { startDoor, startRegistry } from '../support/registry.ts';
import { requires } from '../support/requires.ts';
import { tarArchive } from '../support/tar-archive.ts';

watchLeftovers();
beforeEach((context) => requires(context, quickMachine));

const newStore = () => new ImageStore({ dataDir: newDirectory() });
const anonymous = { credentials: 'anonymous' } as const;
/** Several megabytes that no compression makes smaller. */
const noise = randomBytes(6_000_000);

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function someImage(store: ImageStore, name: string) {
  const archive = tarArchive([
    { name: 'bin/', type: '5' },
    { name: 'bin/big', content: noise },
  ]);
  return store.import(once(archive), name, {
    settings: { cmd: ['/bin/sh'], env: ['A=1'], labels: { l: 'x' } },
  });
}

const skopeo = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)('skopeo', ['--insecure-policy', ...args], { maxBuffer: 1e8 })).stdout;

describe('a registry', () => {
  it('gives back what was put into it', async (context) => {
    requires(context, installed('docker-registry'));
    await using registry = await startRegistry(newDirectory());
    const [from, to] = [newStore(), newStore()];
    const name = `${registry.host}/me/app:1`;
    const { digest, id } = await someImage(from, name);
    await from.push(name, undefined, anonymous);
    const steps: PullProgress[] = [];
    const pulled = await to.pull(name, { ...anonymous, onProgress: (step) => steps.push(step) });
    expect(pulled).toMatchObject({ digest, id, names: [name] });
    expect(await to.verify()).toEqual([]);
    // An id could be the name of an image of somebody else's.
    expect(await refusal(from.push(id.slice(7, 19), undefined, anonymous))).toMatchObject({
      code: 'IMAGE_NAME',
    });
    expect((await to.get(name)).config.settings).toMatchObject({
      cmd: ['/bin/sh'],
      env: ['A=1'],
      labels: { l: 'x' },
    });
    expect(new Set(steps.map(({ phase }) => phase))).toEqual(
      new Set(['waiting', 'downloading', 'unpacking', 'done']),
    );
    // By its digest, and again, when nothing is to be done.
    expect(await to.pull(`${registry.host}/me/app@${digest}`, anonymous)).toMatchObject({ digest });
    await from.push(name, undefined, anonymous);
  });

  it('is one that skopeo and we both know how to use', async (context) => {
    requires(context, installed('docker-registry'), installed('skopeo'));
    await using registry = await startRegistry(newDirectory());
    const [from, to] = [newStore(), newStore()];
    const { id } = await someImage(from, 'x');
    await from.push('x', `${registry.host}/x:ours`, anonymous);
    const inspected = JSON.parse(
      await skopeo('inspect', '--tls-verify=false', `docker://${registry.host}/x:ours`),
    );
    expect(inspected).toMatchObject({ Env: ['A=1'], Labels: { l: 'x' } });
    // Docker's own manifest, version 2.2, and another compression.
    await skopeo(
      'copy',
      '-q',
      '--format=v2s2',
      '--src-tls-verify=false',
      '--dest-tls-verify=false',
      `docker://${registry.host}/x:ours`,
      `docker://${registry.host}/x:v2s2`,
    );
    const pulled = await to.pull(`${registry.host}/x:v2s2`, anonymous);
    expect((await to.get(pulled.digest)).mediaType).toBe(
      'application/vnd.docker.distribution.manifest.v2+json',
    );
    expect((await to.get(pulled.digest)).config.settings.cmd).toEqual(['/bin/sh']);
    expect(await to.verify()).toEqual([]);
    expect(pulled.layers).toEqual((await from.get(id)).layers);
  });

  it('gives of an image for several platforms that of this one, or the one that was asked for', async (context) => {
    requires(context, installed('docker-registry'));
    await using registry = await startRegistry(newDirectory());
    const from = newStore();
    const manifests = [];
    for (const architecture of ['s390x', 'amd64', 'arm64']) {
      const archive = tarArchive([{ name: 'arch', content: architecture }]);
      const { digest } = await from.import(once(archive), architecture, {
        platform: { os: 'linux', architecture },
      });
      await from.push(architecture, `${registry.host}/multi:${architecture}`, anonymous);
      const size = Number(
        (
          await fetch(`http://${registry.host}/v2/multi/manifests/${digest}`, {
            headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
          })
        ).headers.get('content-length'),
      );
      manifests.push({
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest,
        size,
        platform: { os: 'linux', architecture },
      });
    }
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    await fetch(`http://${registry.host}/v2/multi/manifests/latest`, {
      method: 'PUT',
      headers: { 'content-type': mediaType },
      body: JSON.stringify({ schemaVersion: 2, mediaType, manifests }),
    });
    const to = newStore();
    const own = process.arch === 'x64' ? 'amd64' : process.arch;
    expect(await to.pull(`${registry.host}/multi`, anonymous)).toMatchObject({ platform: `linux/${own}` });
    const platform = { os: 'linux', architecture: 's390x' };
    expect(await to.pull(`${registry.host}/multi`, { ...anonymous, platform })).toMatchObject({
      platform: 'linux/s390x',
    });
    const none = { os: 'linux', architecture: 'vax' };
    expect(await refusal(to.pull(`${registry.host}/multi`, { ...anonymous, platform: none }))).toMatchObject({
      code: 'IMAGE_INVALID',
      message: expect.stringContaining('only for linux/s390x, linux/amd64, linux/arm64'),
    });
  });

  it('that wants a password gets that of ~/.docker/config.json', async (context) => {
    requires(context, installed('docker-registry'));
    await using registry = await startRegistry(newDirectory(), { password: true });
    const store = newStore();
    const name = `${registry.host}/secret`;
    await someImage(store, name);
    expect(await refusal(store.push(name, undefined, anonymous))).toMatchObject({ code: 'REGISTRY_DENIED' });
    const wrong = { username: 'user', password: 'wrong' };
    expect(await refusal(store.push(name, undefined, { credentials: wrong }))).toMatchObject({
      code: 'REGISTRY_DENIED',
    });
    const docker = newDirectory();
    const auth = Buffer.from('user:secret').toString('base64');
    writeFileSync(join(docker, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }));
    const before = process.env['DOCKER_CONFIG'];
    process.env['DOCKER_CONFIG'] = docker;
    try {
      await store.push(name);
      expect((await newStore().pull(name)).names).toEqual([`${name}:latest`]);
      // A helper: what it prints is what counts.
      mkdirSync(join(docker, 'bin'));
      const helper = '#!/bin/sh\nread server; echo "{\\"Username\\":\\"user\\",\\"Secret\\":\\"secret\\"}"\n';
      writeFileSync(join(docker, 'bin/docker-credential-test'), helper, { mode: 0o755 });
      writeFileSync(
        join(docker, 'config.json'),
        JSON.stringify({ credHelpers: { [registry.host]: 'test' } }),
      );
      process.env['PATH'] = `${join(docker, 'bin')}:${process.env['PATH']}`;
      await newStore().pull(name);
    } finally {
      process.env['PATH'] = (process.env['PATH'] ?? '').replace(`${join(docker, 'bin')}:`, '');
      if (before === undefined) delete process.env['DOCKER_CONFIG'];
      else process.env['DOCKER_CONFIG'] = before;
    }
  });

  it('that wants a token gets one, from where it says', async (context) => {
    requires(context, installed('docker-registry'));
    await using registry = await startRegistry(newDirectory());
    const from = newStore();
    await someImage(from, 'x');
    await from.push('x', `${registry.host}/me/x`, anonymous);
    const scopes: (string | null)[] = [];
    await using door = await startDoor(registry.host, ({ url = '', headers }, response, { host }) => {
      if (url.startsWith('/token')) {
        const { searchParams } = new URL(url, 'http://x');
        scopes.push(searchParams.get('service'), searchParams.get('scope'));
        const isKnown = headers.authorization === `Basic ${Buffer.from('me:pw').toString('base64')}`;
        response.writeHead(isKnown ? 200 : 401).end(JSON.stringify({ token: 'abc' }));
        return true;
      }
      if (headers.authorization === 'Bearer abc') return false;
      response.writeHead(401, {
        'www-authenticate': `Bearer realm="http://${host}/token",service="a \\"b\\"",scope="whatever"`,
      });
      response.end();
      return true;
    });
    const to = newStore();
    await to.pull(`${door.host}/me/x`, { credentials: { username: 'me', password: 'pw' } });
    expect(scopes).toEqual(['a "b"', 'repository:me/x:pull']);
    expect(await to.verify()).toEqual([]);
    expect(await refusal(newStore().pull(`${door.host}/me/x`, anonymous))).toMatchObject({
      code: 'REGISTRY_DENIED',
    });
  });
});

describe('a download', () => {
  it('goes on where it broke off', async (context) => {
    requires(context, installed('docker-registry'));
    await using registry = await startRegistry(newDirectory());
    const from = newStore();
    await someImage(from, 'x');
    await from.push('x', `${registry.host}/x`, anonymous);
    let cuts = 0;
    await using door = await startDoor(
      registry.host,
      () => false,
      ({ url = '' }, answer, response) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        if (!url.includes('/blobs/') || cuts === 3 || Number(answer.headers['content-length']) < 2_000_000) {
          answer.pipe(response);
          return;
        }
        cuts += 1;
        let sent = 0;
        answer.on('data', (chunk: Buffer) => {
          sent += chunk.length;
          if (sent > 1_500_000) response.destroy();
          else response.write(chunk);
        });
      },
    );
    const to = newStore();
    let bytes = 0;
    await to.pull(`${door.host}/x`, {
      ...anonymous,
      onProgress: (step) => {
        if (step.phase === 'downloading') bytes = step.bytes;
      },
    });
    expect(await to.verify()).toEqual([]);
    const ranges = door.requests.flatMap(({ range }) => range ?? []);
    expect(ranges).toHaveLength(3);
    for (const range of ranges) expect(range).toMatch(/^bytes=[1-9]\d{5,}-$/);
    expect(bytes).toBeGreaterThan(noise.length); // each byte once
    expect(bytes).toBeLessThan(noise.length + 10_000);
  });

  it.skipIf(installed('docker-registry')() !== undefined).each([
    ['a layer', '/blobs/', 2_000_000],
    ['a configuration', '/blobs/', 0],
  ])('that is not what was promised leaves nothing: %s', async (_, part, atLeast) => {
    await using registry = await startRegistry(newDirectory());
    const from = newStore();
    await someImage(from, 'x');
    await from.push('x', `${registry.host}/x`, anonymous);
    await using door = await startDoor(
      registry.host,
      () => false,
      ({ url = '' }, answer, response) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        const spoil = url.includes(part) && Number(answer.headers['content-length']) >= atLeast;
        answer.on('data', (chunk: Buffer) => {
          if (spoil) chunk.writeUInt8((chunk[0] ?? 0) ^ 1, 0);
          response.write(chunk);
        });
        answer.on('end', () => response.end());
      },
    );
    const to = newStore();
    expect(await refusal(to.pull(`${door.host}/x`, anonymous))).toMatchObject({ code: 'BLOB_MISMATCH' });
    expect(await to.list()).toEqual([]);
    expect(readdirSync(join(to.directory, 'ingest'))).toEqual([]);
    await to.prune();
    for (const directory of ['blobs/sha256', 'layers'])
      expect(readdirSync(join(to.directory, directory))).toEqual([]);
  });

  it('never follows a registry to elsewhere in plain text, and keeps its password to itself', async () => {
    await using other = await startDoor('127.0.0.1:1', (_, response) => {
      response.end('{}');
      return true;
    });
    await using door = await startDoor('127.0.0.1:1', ({ url = '', headers }, response) => {
      if (headers.authorization === undefined) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
        return true;
      }
      const location = url.includes('elsewhere') ? 'http://registry.example/x' : `http://${other.host}/x`;
      response.writeHead(307, { location }).end();
      return true;
    });
    const credentials = { username: 'me', password: 'pw' };
    expect(await refusal(newStore().pull(`${door.host}/elsewhere`, { credentials }))).toMatchObject({
      code: 'REGISTRY_ERROR',
      message: expect.stringContaining('not safe'),
    });
    await refusal(newStore().pull(`${door.host}/here`, { credentials }));
    expect(other.requests.length).toBeGreaterThan(0);
    for (const { authorization } of other.requests) expect(authorization).toBeUndefined();
  });

  it('says what is wrong when nobody is there, or nothing', async (context) => {
    const error = await refusal(newStore().pull('127.0.0.1:1/x', anonymous));
    expect(error).toMatchObject({ code: 'REGISTRY_UNREACHABLE', hint: expect.any(String) });
    requires(context, installed('docker-registry'));
    await using registry = await startRegistry(newDirectory());
    expect(await refusal(newStore().pull(`${registry.host}/nothing:1`, anonymous))).toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
    });
  });
});
