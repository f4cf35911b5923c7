import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Container } from '@tc/core';
import { diffLayers, exportTree, ImageStore } from '@tc/images';
import { beforeEach, describe, expect, it } from 'vitest';
import { installed, quickMachine } from '../support/installed.ts';
import { newDirectory, newName, output, refusal, watchLeftovers } from '../support/kernel.ts';
import { requires } from '../support/requires.ts';
import { hostRoot } from '../support/rootfs.ts';
import { tarArchive } from '../support/tar-archive.ts';

watchLeftovers();
beforeEach((context) => requires(context, quickMachine));

const newStore = () => new ImageStore({ dataDir: newDirectory() });
const settings = {
  cmd: ['sh', '-c', 'echo hello'],
  env: ['A=1'],
  workingDir: '/srv',
  volumes: ['/v'],
  exposedPorts: ['80/tcp'],
};

async function write(path: string, source: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of source) pieces.push(piece);
  writeFileSync(path, Buffer.concat(pieces));
  return path;
}

const call = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** A store with an image of two layers, the upper of which hides something of the lower. */
async function layered(store = newStore()): Promise<{ store: ImageStore; id: string }> {
  await store.import(hostRoot, 'base', { settings });
  const { rootfs } = await store.get('base');
  const container = await Container.create({
    rootfs: { path: rootfs, mode: 'overlay', upper: 'disk' },
    name: newName(),
    command: [
      'sh',
      '-c',
      'echo new > /srv/new; rm /etc/passwd; rm -r /etc/vim; mkdir /etc/vim; ln -s new /srv/link; chmod 4711 /srv/new',
    ],
  });
  try {
    await container.start();
    expect(await container.wait()).toMatchObject({ exitCode: 0 });
    const upper = join(process.env['TCTL_DATA_DIR'] ?? '', 'containers', container.id, 'upper');
    const { id } = await store.commit([upper, ...rootfs], 'me/two:1', { comment: 'by a test' });
    return { store, id };
  } finally {
    await container.remove({ force: true });
  }
}

describe('what a container changed', () => {
  it('is told as diff, and becomes a layer that hides what it deleted', async () => {
    const { store } = await layered();
    const { rootfs, config } = await store.get('me/two:1');
    expect(rootfs).toHaveLength(2);
    expect(config.settings).toMatchObject(settings);
    expect(config.history.at(-1)).toMatchObject({ comment: 'by a test' });
    expect(diffLayers(rootfs)).toEqual([
      { kind: 'changed', path: '/etc' },
      { kind: 'deleted', path: '/etc/passwd' },
      { kind: 'changed', path: '/etc/vim' },
      { kind: 'changed', path: '/srv' },
      { kind: 'added', path: '/srv/link' },
      { kind: 'added', path: '/srv/new' },
    ]);
    const script =
      'cat /srv/link; ls /etc/vim; ls -l /srv/new | cut -c1-10; test -e /etc/passwd || echo gone';
    expect(await output(script, { rootfs: { path: rootfs, mode: 'overlay' } })).toBe(
      'new\n-rws--x--x\ngone\n',
    );
    expect(await store.verify()).toEqual([]);
  });

  it('is exported together with the rest as overlayfs shows it', async () => {
    const { store } = await layered();
    const { rootfs } = await store.get('me/two:1');
    const archive = await write(join(newDirectory(), 'all.tar'), exportTree(rootfs));
    const plain = newStore();
    await plain.import(archive, 'flat');
    const list = 'cd / && find . -xdev -printf "%p %y %m %U %G %l\\n" | sort';
    const of = async (layers: readonly string[]) =>
      output(list, { rootfs: { path: layers, mode: 'overlay' } });
    expect(await of((await plain.get('flat')).rootfs)).toBe(await of(rootfs));
    expect(call('tar', '-tf', archive)).not.toMatch(/\.wh\.|etc\/passwd/);
  });
});

describe('an image that is saved', () => {
  it.each(['oci', 'docker'] as const)('is the same when it is loaded again: %s', async (format) => {
    const { store, id } = await layered();
    const archive = await write(join(newDirectory(), 'x.tar'), store.save(['me/two:1', 'base'], { format }));
    const other = newStore();
    const loaded = await other.load(archive);
    expect(loaded.map(({ names }) => names)).toEqual([
      ['docker.io/me/two:1'],
      ['docker.io/library/base:latest'],
    ]);
    expect(loaded[0]?.id).toBe(id);
    expect(await other.verify()).toEqual([]);
    const [a, b] = await Promise.all([store, other].map(async (each) => (await each.get('me/two:1')).rootfs));
    expect(
      diffLayers([...(a ?? []).slice(0, 1), ...(b ?? [])]).filter(({ kind }) => kind === 'added'),
    ).toEqual([]);
  });

  const podmanIsMissing = installed('podman')() !== undefined;
  it.skipIf(podmanIsMissing).each(['oci', 'docker'] as const)('is loaded by podman: %s', async (format) => {
    const { store, id } = await layered();
    const directory = newDirectory();
    const archive = await write(join(directory, 'x.tar'), store.save(['me/two:1'], { format }));
    // By default it leaves a file of locks in /dev/shm.
    writeFileSync(join(directory, 'containers.conf'), '[engine]\nlock_type = "file"\n');
    const places = [
      '--root',
      join(directory, 'root'),
      '--runroot',
      join(directory, 'run'),
      '--storage-driver',
      'vfs',
    ];
    const podman = (...args: string[]) =>
      execFileSync('podman', [...places, ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, CONTAINERS_CONF: join(directory, 'containers.conf') },
      });
    podman('load', '-q', '-i', archive);
    const both = await write(join(directory, 'both.tar'), store.save(['me/two:1', 'base'], { format }));
    podman('rmi', '-f', '-a');
    expect(
      podman('load', '-q', '-i', both)
        .match(/docker\.io\/\S+/g)
        ?.sort(),
    ).toEqual(['docker.io/library/base:latest', 'docker.io/me/two:1']);
    const [inspected] = JSON.parse(podman('image', 'inspect', 'docker.io/me/two:1'));
    expect(`sha256:${inspected.Id}`).toBe(id);
    expect(inspected.Config).toMatchObject({ Cmd: settings.cmd, WorkingDir: '/srv' });
    // And what podman saves is taken here.
    for (const kind of ['docker-archive', 'oci-archive']) {
      const saved = join(directory, kind);
      podman('save', '-q', '--format', kind, '-o', saved, 'docker.io/me/two:1');
      const other = newStore();
      const [image] = await other.load(saved);
      // From one kind to the other podman writes the configuration anew.
      expect(image).toMatchObject({ layers: (await store.get(id)).layers, names: ['docker.io/me/two:1'] });
      expect(await other.verify()).toEqual([]);
    }
    podman('rmi', '-f', '-a');
    call('rm', '-rf', join(directory, 'root'), join(directory, 'run'));
  });

  it('is copied by skopeo, in all its forms, and comes back from each', async (context) => {
    requires(context, installed('skopeo'));
    const { store, id } = await layered();
    const directory = newDirectory();
    const archive = await write(join(directory, 'x.tar'), store.save(['me/two:1']));
    const skopeo = (from: string, to: string, ...options: string[]) =>
      call('skopeo', '--insecure-policy', 'copy', '-q', ...options, from, to);
    const places = [
      `oci-archive:${join(directory, 'a')}:docker.io/me/two:1`,
      `oci:${join(directory, 'b')}:docker.io/me/two:1`,
      `docker-archive:${join(directory, 'c')}:docker.io/me/two:1`,
    ];
    for (const place of places) {
      skopeo(`oci-archive:${archive}`, place);
      const other = newStore();
      const [image] = await other.load(place.split(':')[1] ?? '');
      expect(image).toMatchObject({ names: ['docker.io/me/two:1'], layers: (await store.get(id)).layers });
      expect(await other.verify()).toEqual([]);
    }
    skopeo(`oci-archive:${archive}`, `oci:${join(directory, 'z')}:z`, '--dest-compress-format', 'zstd');
    const other = newStore();
    const [image] = await other.load(join(directory, 'z'), { name: 'from-zstd' });
    expect(image).toMatchObject({ names: ['docker.io/library/from-zstd:latest'] });
  });

  it('is unpacked by umoci to the same tree', async (context) => {
    requires(context, installed('umoci'));
    const { store } = await layered();
    const directory = newDirectory();
    const layout = join(directory, 'layout');
    mkdirSync(layout);
    const archive = await write(join(directory, 'x.tar'), store.save(['me/two:1']));
    call('tar', '-xf', archive, '-C', layout);
    const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8'));
    index.manifests[0].annotations['org.opencontainers.image.ref.name'] = 'tag';
    writeFileSync(join(layout, 'index.json'), JSON.stringify(index));
    const bundle = join(directory, 'bundle');
    call('umoci', 'unpack', '--image', `${layout}:tag`, bundle);
    const merged = await write(
      join(directory, 'merged.tar'),
      exportTree((await store.get('me/two:1')).rootfs),
    );
    expect(call('tar', '--compare', '--numeric-owner', '-f', merged, '-C', join(bundle, 'rootfs'))).toBe('');
    // What umoci adds is a layer of ours.
    writeFileSync(join(bundle, 'rootfs/srv/of-umoci'), 'x');
    call('umoci', 'repack', '--image', `${layout}:more`, bundle);
    const other = newStore();
    const images = await other.load(layout);
    const newest = await other.get(images.at(-1)?.digest ?? '');
    expect(newest.rootfs).toHaveLength(3);
    expect(await output('cat /srv/of-umoci', { rootfs: { path: newest.rootfs, mode: 'overlay' } })).toBe('x');
    call('rm', '-rf', bundle);
  });
});

describe('an archive of images', () => {
  async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
    yield bytes;
  }
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [`sha256:${'0'.repeat(64)}`] },
  });
  const manifest = (value: unknown) => ({ name: 'manifest.json', content: JSON.stringify(value) });

  it('is not the directory of one: names in it could lead anywhere', async () => {
    const directory = newDirectory();
    writeFileSync(join(directory, 'c.json'), config);
    writeFileSync(join(directory, 'l.tar'), tarArchive([]));
    writeFileSync(
      join(directory, 'manifest.json'),
      manifest([{ Config: 'c.json', Layers: ['l.tar'] }]).content,
    );
    expect(await refusal(newStore().load(directory))).toMatchObject({ code: 'ARCHIVE_UNKNOWN' });
  });

  it('is damaged where it can’t be decompressed', async () => {
    const damaged = gzipSync(tarArchive([{ name: 'f' }])).fill(0xff, 12, 30);
    expect(await refusal(newStore().load(once(damaged)))).toMatchObject({ code: 'TAR_COMPRESSION' });
  });

  it('is written until its signal says no', async () => {
    const store = newStore();
    await store.import(once(tarArchive([{ name: 'f', content: Buffer.alloc(2 ** 20) }])), 'one');
    const abort = new AbortController();
    const archive = store.save(['one'], { signal: abort.signal });
    expect((await archive.next()).done).toBe(false);
    abort.abort(new Error('enough'));
    await expect(archive.next()).rejects.toThrow('enough');
  });

  it.each<[string, string, Parameters<typeof tarArchive>[0]]>([
    ['neither kind', 'ARCHIVE_UNKNOWN', [{ name: 'etc/passwd' }]],
    ['a manifest that is no list', 'IMAGE_INVALID', [manifest({})]],
    ['no configuration', 'IMAGE_INVALID', [manifest([{ Config: 'none.json', Layers: [] }])]],
    ['a configuration outside', 'IMAGE_INVALID', [manifest([{ Config: '../../../etc/passwd', Layers: [] }])]],
    [
      'a link outside as configuration',
      'IMAGE_INVALID',
      [{ name: 'c.json', type: '2', target: '/etc/passwd' }, manifest([{ Config: 'c.json', Layers: [] }])],
    ],
    [
      'a missing layer',
      'IMAGE_INVALID',
      [{ name: 'c.json', content: config }, manifest([{ Config: 'c.json', Layers: ['l.tar'] }])],
    ],
    [
      'a layer that is another',
      'BLOB_MISMATCH',
      [
        { name: 'c.json', content: config },
        { name: 'l.tar', content: tarArchive([{ name: 'f' }]) },
        manifest([{ Config: 'c.json', Layers: ['l.tar'] }]),
      ],
    ],
    [
      'an index that is also a manifest',
      'IMAGE_INVALID',
      [{ name: 'index.json', content: '{"schemaVersion":2,"manifests":[],"layers":[]}' }],
    ],
    [
      'a blob that is missing',
      'IMAGE_INVALID',
      [
        {
          name: 'index.json',
          content: JSON.stringify({
            schemaVersion: 2,
            manifests: [
              {
                mediaType: 'application/vnd.oci.image.manifest.v1+json',
                digest: `sha256:${'1'.repeat(64)}`,
                size: 3,
              },
            ],
          }),
        },
      ],
    ],
    [
      'a digest that is a path',
      'IMAGE_INVALID',
      [
        {
          name: 'index.json',
          content: JSON.stringify({
            schemaVersion: 2,
            manifests: [{ mediaType: 'x', digest: 'sha256:../../../etc/passwd', size: 3 }],
          }),
        },
      ],
    ],
  ])('is refused, and nothing of it stays: %s', async (_, code, members) => {
    const store = newStore();
    expect(await refusal(store.load(once(tarArchive(members))))).toMatchObject({ code });
    await store.prune();
    for (const name of ['blobs/sha256', 'layers', 'images', 'names', 'ingest'])
      expect(readdirSync(join(store.directory, name))).toEqual([]);
  });
});
