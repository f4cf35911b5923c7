import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { compileRun, createVolume, listVolumes, pruneVolumes, removeVolume } from '@tc/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usualIdMap } from '../support/id-mappable.ts';
import { box, newDirectory, newName, output, refusal, watchLeftovers } from '../support/kernel.ts';
import { requires } from '../support/requires.ts';
import { hostRoot, ownRootfs } from '../support/rootfs.ts';

watchLeftovers();

const before = process.env['TCTL_DATA_DIR'];
let data = '';
beforeEach(() => {
  data = newDirectory();
  chmodSync(data, 0o755);
  process.env['TCTL_DATA_DIR'] = data;
});
afterEach(() => {
  if (before === undefined) delete process.env['TCTL_DATA_DIR'];
  else process.env['TCTL_DATA_DIR'] = before;
});

describe('a volume', () => {
  it('is made at its first use, and keeps what is written from container to container', async () => {
    expect(await output('echo kept > /srv/data/file', { mounts: ['mine:/srv/data'] })).toBe('');
    expect(readFileSync(join(data, 'volumes/mine/file'), 'utf8')).toBe('kept\n');
    const mounts = [{ type: 'volume', source: 'mine', target: '/other', readOnly: true }] as const;
    expect(await output('cat /other/file; touch /other/x 2>/dev/null || echo refused', { mounts })).toBe(
      'kept\nrefused\n',
    );
  });

  it('is made once, by whoever is first of many', async () => {
    const runs = Array.from({ length: 8 }, (_, n) => output(`touch /data/${n}`, { mounts: ['many:/data'] }));
    await Promise.all(runs);
    expect(readdirSync(join(data, 'volumes/many'))).toHaveLength(8);
  });

  it('is not made where the program is only shown, nor where the options are refused', async () => {
    const rootfs = { path: hostRoot, mode: 'overlay' } as const;
    compileRun(['true'], { rootfs, mounts: ['shown:/data'] });
    await refusal(box(['true'], { mounts: ['shown:/data', '/no/such/directory:/x'] }));
    expect(existsSync(join(data, 'volumes'))).toBe(false);
  });

  it('has labels, which no container can reach, and which go with it', async () => {
    await createVolume('labelled', { labels: { of: 'test', empty: '' } });
    expect(await createVolume('labelled', { labels: { of: 'other' } })).toMatchObject({
      labels: { of: 'test', empty: '' },
    });
    await createVolume('plain');
    expect(await output('ls -A /data /data/..', { mounts: ['labelled:/data'] })).not.toContain('labelled');
    const labels = async () => (await listVolumes()).map((volume) => [volume.name, volume.labels]);
    expect(await labels()).toEqual([
      ['labelled', { of: 'test', empty: '' }],
      ['plain', {}],
    ]);
    writeFileSync(join(data, 'volumes/.plain.json'), '{"labels": 1');
    expect(await labels()).toContainEqual(['plain', {}]);
    expect(await pruneVolumes({ filter: ({ labels: { of } }) => of === 'test' })).toEqual(['labelled']);
    expect(await createVolume('labelled')).toMatchObject({ labels: {} });
    const wrong = createVolume('wrong', { labels: { of: 1 as unknown as string } });
    expect(await refusal(wrong)).toMatchObject({ code: 'INVALID_OPTION' });
    expect(existsSync(join(data, 'volumes/wrong'))).toBe(false);
  });

  it('can’t be found by other users of the host, whose way to a setuid program it would be', async () => {
    await output('cp /bin/sh /data/sh; chmod 4755 /data/sh', { mounts: ['private:/data'] });
    expect(statSync(join(data, 'volumes')).mode & 0o777).toBe(0o700);
    expect(statSync(join(data, 'volumes/private')).mode & 0o777).toBe(0o755);
  });

  it.for([
    ['with an id map of its own', { uidMap: '0 100000 65536', gidMap: '0 100000 65536' }],
    ['with the usual one', true],
    ['as root', 'self'],
  ] as const)('belongs to root inside a user namespace: %s', async ([, user], context) => {
    if (user === true) requires(context, usualIdMap);
    const mounts = ['shared:/data'];
    const options = { mounts, namespaces: { user } };
    expect(await output('stat -c %u /data; echo x > /data/file; stat -c %u:%g /data/file', options)).toBe(
      '0\n0:0\n',
    );
  });

  it('is not mounted through a link of the image onto /proc or /sys', async () => {
    const path = await ownRootfs(newDirectory());
    symlinkSync('/proc/sys', join(path, 'link'));
    for (const mode of ['rw', 'ro', 'overlay'] as const) {
      const error = await refusal(box(['true'], { rootfs: { path, mode }, mounts: ['mine:/link'] }));
      expect(error).toMatchObject({ code: 'MOUNT_TARGET_FORBIDDEN' });
    }
  });

  it.each(['.hidden', '-x', 'a b', 'a\0', 'ä', 'x'.repeat(129), ''])('can’t be called %j', async (source) => {
    const mounts = [{ type: 'volume', source, target: '/data' }] as const;
    expect(await refusal(box(['true'], { mounts }))).toMatchObject({ code: 'INVALID_OPTION' });
    await expect(createVolume(source)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    await expect(removeVolume(`../${source}`)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});

describe('volumes', () => {
  it('can be made, listed and removed, with what is in them', async () => {
    expect(await listVolumes()).toEqual([]);
    const made = await createVolume('one');
    expect(made).toMatchObject({ name: 'one', path: join(data, 'volumes/one'), createdAt: expect.any(Date) });
    writeFileSync(join(made.path, 'file'), 'x');
    expect((await createVolume('one')).path).toBe(made.path);
    await createVolume('two');
    expect((await listVolumes()).map(({ name }) => name)).toEqual(['one', 'two']);
    await removeVolume('one');
    expect(readdirSync(join(data, 'volumes'))).toEqual(['two']);
    await expect(removeVolume('one')).rejects.toMatchObject({ code: 'VOLUME_NOT_FOUND' });
  });

  it('stay as long as a container mounts them', async () => {
    await createVolume('free');
    const name = newName();
    await using run = box(['sleep', '1000'], { name, mounts: ['used:/data'] });
    await run.started;
    await expect(removeVolume('used')).rejects.toMatchObject({
      code: 'VOLUME_IN_USE',
      message: expect.stringContaining(`${name} mounts it`),
    });
    expect(await pruneVolumes()).toEqual(['free']);
    expect((await listVolumes()).map((volume) => volume.name)).toEqual(['used']);
    run.kill('SIGKILL');
    await run;
    expect(await pruneVolumes()).toEqual(['used']);
  });

  it('are refused where the data directory can’t be one', async () => {
    process.env['TCTL_DATA_DIR'] = '/proc/nothing';
    const error = await refusal(box(['true'], { mounts: ['mine:/data'] }));
    expect(error).toMatchObject({
      operation: 'make the volume mine',
      hint: expect.stringContaining('TCTL_DATA_DIR'),
    });
  });
});
