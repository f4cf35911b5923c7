import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostRootfs, ImageStore } from '@tc/images';
import { describe, expect, it } from 'vitest';
import { fileSystem, requires } from '../support/requires.ts';
import { type Member, tarArchive } from '../support/tar-archive.ts';
import { expectOutput } from './support/expectations.ts';
import { newHome, readableByOthers, tctlAsNobody, userNamespaces } from './support/nobody.ts';
import { newDirectory, newName } from './support/suite.ts';

const nobody = 65534;

/** A root file system whose files belong to many, with all that an ordinary user can't make. */
async function archive(): Promise<string> {
  const root = newDirectory();
  execFileSync('cp', ['-a', `${(await hostRootfs()).path}/.`, root]);
  const at = (name: string) => join(root, 'srv', name);
  writeFileSync(at('of-42'), 'x');
  chownSync(at('of-42'), 42, 43);
  writeFileSync(at('setuid'), 'x');
  chmodSync(at('setuid'), 0o4755);
  execFileSync('mknod', [at('device'), 'c', '1', '3']);
  execFileSync('mkdir', ['-p', at('closed/below')]);
  chmodSync(at('closed'), 0o500);
  const path = join(newDirectory(), 'root.tar');
  execFileSync('tar', ['-cf', path, '-C', root, '.']);
  chmodSync(join(path, '..'), 0o755);
  return path;
}

describe('images of an ordinary user', () => {
  it('are imported, run, committed and removed without root', async (context) => {
    requires(context, readableByOthers, userNamespaces, fileSystem('overlay'));
    const home = newHome();
    const imported = await tctlAsNobody(home, 'import', '-c', 'CMD ["id","-u"]', await archive(), 'mine');
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    const store = new ImageStore({ dataDir: join(home, '.local/share/tctl') });
    const [layer = ''] = (await store.get('mine')).rootfs;
    expect(statSync(join(layer, 'srv/of-42'))).toMatchObject({ uid: nobody, gid: nobody });
    expect(readdirSync(join(layer, 'srv')).sort()).toEqual(['closed', 'of-42', 'setuid']);
    expectOutput(await tctlAsNobody(home, 'run', 'mine'), '0\n');
    const script = 'stat -c "%u %g %a %n" /srv/*';
    expectOutput(
      await tctlAsNobody(home, 'run', 'mine', 'sh', '-c', script),
      '0 0 500 /srv/closed\n0 0 644 /srv/of-42\n0 0 4755 /srv/setuid\n',
    );
    expect(await tctlAsNobody(home, 'image', 'verify')).toMatchObject({ code: 0, stdout: '', stderr: '' });

    const name = newName();
    const changes = 'rm /srv/of-42; rm -r /srv/closed; mkdir /srv/closed; echo 1 > /srv/closed/new';
    expect(await tctlAsNobody(home, 'create', '--name', name, 'mine', 'sh', '-c', changes)).toMatchObject({
      code: 0,
    });
    await tctlAsNobody(home, 'start', name);
    expectOutput(await tctlAsNobody(home, 'wait', name), '0\n');
    expect(await tctlAsNobody(home, 'commit', name, 'mine:2')).toMatchObject({ code: 0, stderr: '' });
    await tctlAsNobody(home, 'rm', name);
    const list = 'cd /srv; find . | sort; stat -c %u closed/new';
    expectOutput(
      await tctlAsNobody(home, 'run', 'mine:2', 'sh', '-c', list),
      '.\n./closed\n./closed/new\n./setuid\n0\n',
    );
    expect(await tctlAsNobody(home, 'image', 'prune', '-a')).toMatchObject({ code: 0, stderr: '' });
    for (const directory of ['layers', 'blobs/sha256', 'images', 'names', 'ingest'])
      expect(readdirSync(join(store.directory, directory))).toEqual([]);
  });

  it('may have whiteouts and opaque directories', async (context) => {
    requires(context, readableByOthers, userNamespaces, fileSystem('overlay'));
    const home = newHome();
    const place = newDirectory();
    chmodSync(place, 0o755);
    // An archive of docker save with two layers, the upper of which is made here.
    await tctlAsNobody(home, 'import', await archive(), 'mine');
    const upper: Member[] = [
      { name: 'srv/', type: '5' },
      { name: 'srv/.wh.of-42' },
      { name: 'srv/closed/', type: '5' },
      { name: 'srv/closed/.wh..wh..opq' },
    ];
    const file = join(place, 'upper.tar');
    writeFileSync(file, tarArchive(upper));
    expect(await tctlAsNobody(home, 'import', file, 'upper')).toMatchObject({ code: 0, stderr: '' });
    const store = new ImageStore({ dataDir: join(home, '.local/share/tctl') });
    const [bottom, top] = await Promise.all(
      ['mine', 'upper'].map(async (each) => (await store.get(each)).rootfs[0]),
    );
    expect(statSync(join(top ?? '', 'srv/of-42')).isCharacterDevice()).toBe(true);
    const { diffLayers } = await import('@tc/images');
    expect(diffLayers([top ?? '', bottom ?? ''])).toContainEqual({ kind: 'deleted', path: '/srv/of-42' });
  });
});
