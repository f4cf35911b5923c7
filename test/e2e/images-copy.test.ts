import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportTree, hostPlatform, hostRootfs, overlayRefusal } from '@tc/images';
import { beforeAll, describe, expect, it } from 'vitest';
import { fileSystem, requires } from '../support/requires.ts';
import { tarArchive } from '../support/tar-archive.ts';
import { tctl } from './support/command.ts';
import { expectOutput } from './support/expectations.ts';
import { dataDirectory, directory, newDirectory, newName } from './support/suite.ts';

async function collected(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

const copies = join(dataDirectory, 'images/store/copies');
const left = (): string[] => (existsSync(copies) ? readdirSync(copies) : []);

/** The kernel stacks two overlays, so that a container's would be one too many. */
const mounts = [join(directory, 'first'), join(directory, 'second')];

function stackOverlays(): void {
  let lower = newDirectory();
  for (const at of mounts) {
    const [upper, work] = [newDirectory(), newDirectory()];
    mkdirSync(at);
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    execFileSync('mount', ['-t', 'overlay', '-o', options, 'overlay', at]);
    lower = at;
  }
}

beforeAll(async () => {
  const root = newDirectory();
  execFileSync('cp', ['-a', `${(await hostRootfs()).path}/.`, root]);
  writeFileSync(join(root, 'srv/file'), 'of the image\n');
  expect(await tctl('import', '-c', 'VOLUME /srv', root, 'base')).toMatchObject({ code: 0, stderr: '' });
});

describe('--copy-image', () => {
  it('gives a container files of its own, which are gone with it', async () => {
    const script = 'cat /srv/file; echo mine > /srv/file; cat /srv/file; grep " / " /proc/self/mountinfo';
    const { code, stdout, stderr } = await tctl('run', '--copy-image', 'base', 'sh', '-c', script);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^of the image\nmine\n/);
    expect(stdout).not.toContain('overlay');
    expect(left()).toEqual([]);
    expectOutput(await tctl('run', 'base', 'cat', '/srv/file'), 'of the image\n');
  });

  it('keeps them for a container that stays, until that is removed', async () => {
    const name = newName();
    const script = 'echo kept >> /root/file; cat /root/file';
    expect(await tctl('create', '--copy-image', '--name', name, 'base', 'sh', '-c', script)).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await tctl('image', 'prune')).toMatchObject({ code: 0 });
    expect(left()).toHaveLength(1);
    for (const _ of [1, 2]) {
      expect(await tctl('start', name)).toMatchObject({ code: 0 });
      expect(await tctl('wait', name)).toMatchObject({ code: 0 });
    }
    expectOutput(await tctl('logs', name), 'kept\nkept\nkept\n');
    expect(await tctl('rm', name)).toMatchObject({ code: 0 });
    expect(left()).toEqual([]);
  });

  it('is read-only with --read-only, and works in a user namespace', async () => {
    const { code, stderr } = await tctl('run', '--copy-image', '--read-only', 'base', 'touch', '/srv/x');
    expect(code).toBe(1);
    expect(stderr).toMatch(/Read-only file system/);
    expectOutput(
      await tctl('run', '--copy-image', '--userns', 'self', 'base', 'sh', '-c', 'id -u; cat /srv/file'),
      '0\nof the image\n',
    );
  });
});

it('an image of more layers than overlayfs takes is copied, and a sentence says so', async () => {
  const files = Array.from({ length: 100 }, (_, n) =>
    tarArchive([{ name: `srv/layer${n}`, content: `${n}` }]),
  );
  const base = await collected(exportTree([(await hostRootfs()).path]));
  const layers = [base, ...files];
  const diffIds = layers.map((each) => `sha256:${createHash('sha256').update(each).digest('hex')}`);
  const config = {
    architecture: hostPlatform().architecture,
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: diffIds },
  };
  const names = layers.map((_, n) => `${n}.tar`);
  const archive = tarArchive([
    { name: 'config.json', content: JSON.stringify(config) },
    ...layers.map((content, n) => ({ name: `${n}.tar`, content })),
    {
      name: 'manifest.json',
      content: JSON.stringify([{ Config: 'config.json', RepoTags: ['many:1'], Layers: names }]),
    },
  ]);
  const file = join(newDirectory(), 'many.tar');
  writeFileSync(file, archive);
  expectOutput(await tctl('load', file), 'many:1\n');
  const { code, stdout, stderr } = await tctl(
    'run',
    'many:1',
    'sh',
    '-c',
    'ls /srv | wc -l; cat /srv/layer99',
  );
  expect({ code, stdout }).toEqual({ code: 0, stdout: '100\n99' });
  expect(stderr).toMatch(/^tctl: the container gets a copy .*: overlayfs takes 96 layers, and it has 101$/m);
});

describe('where overlayfs takes no layers', () => {
  it('the container gets a copy, and a sentence says why and what that cost', async (context) => {
    requires(context, fileSystem('overlay'));
    const [, at = ''] = mounts;
    const saved = join(newDirectory(), 'base.tar');
    expect(await tctl('save', '-o', saved, 'base')).toMatchObject({ code: 0 });
    stackOverlays();
    process.env['TCTL_DATA_DIR'] = join(at, 'data');
    try {
      expect(overlayRefusal([at])).toMatch(/overlayfs takes no layers from/);
      expect(overlayRefusal([newDirectory()])).toBeUndefined();
      expect(await tctl('load', saved)).toMatchObject({ code: 0, stderr: '' });
      const { code, stdout, stderr } = await tctl('run', 'base', 'cat', '/srv/file');
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'of the image\n' });
      expect(stderr).toMatch(
        /^tctl: the container gets a copy of the image \(\S+ in \S+ s\) instead of sharing it: /,
      );
      expect(readdirSync(join(at, 'data/images/store/copies'))).toEqual([]);
      expect(await tctl('run', '--dry-run', 'base', 'true')).toMatchObject({ code: 0, stderr: '' });
    } finally {
      for (const each of mounts.toReversed()) execFileSync('umount', [each]);
      process.env['TCTL_DATA_DIR'] = dataDirectory;
    }
  });
});
