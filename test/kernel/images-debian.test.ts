import { execFileSync, spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { exportTree, ImageStore } from '@tc/images';
import { getXattr, setXattr } from '@tc/linux';
import { beforeAll, describe, expect, it } from 'vitest';
import { installed, quickMachine } from '../support/installed.ts';
import { newDirectory, output, watchLeftovers } from '../support/kernel.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

const isMissing = installed('umoci')() ?? installed('skopeo')() ?? quickMachine();

/**
 * A system as it is installed, about 100 MB: what belongs to the packages of this machine that every Debian has, with
 * what those rarely have besides. Made of files that are there, so that no network is needed.
 */
function makeTree(): string {
  const root = newDirectory();
  const script = `
    for each in bin sbin lib lib64; do
      mkdir -p "$0/usr/$each"
      if [ -L "/$each" ]; then ln -s "usr/$each" "$0/$each"; fi
    done
    cd /
    dpkg-query -L $(dpkg-query -W -f '\${Essential} \${Package}\\n' | sed -n 's/^yes //p') libc6 perl-base passwd login mount |
      sed 's:^/::' | sort -u | while read -r path; do [ -e "$path" ] || [ -L "$path" ] && echo "$path"; done |
      tar -c --no-recursion --xattrs --xattrs-include='*' -T - | tar -x -p --xattrs --xattrs-include='*' -C "$0"
    cd "$0"
    mkdir -p dev srv/odd srv/deep
    ln usr/bin/env srv/odd/hard; mkfifo srv/odd/fifo
    truncate -s 20M srv/odd/sparse; printf x | dd of=srv/odd/sparse bs=1 seek=9000000 conv=notrunc status=none
    printf c > srv/odd/capable; chown 12345:70000000 srv/odd/capable; chmod 6711 srv/odd/capable
    touch -d '1970-01-02 00:00:00.123456789 UTC' srv/odd/capable
    mkdir -m 1777 srv/odd/sticky; printf b > "$(printf 'srv/odd/\\377\\376')"; ln -s /nowhere srv/odd/dangling
  `;
  execFileSync('bash', ['-c', script, root], { stdio: ['ignore', 'ignore', 'inherit'] });
  setXattr(join(root, 'srv/odd/capable'), 'security.capability', capability);
  setXattr(join(root, 'srv/odd'), 'user.note', Buffer.from([0, 1, 255]));
  return root;
}

const capability = Buffer.from('0100000280000000000000000000000000000000', 'hex');

function pack(tree: string, ...options: string[]): string {
  const archive = join(newDirectory(), 'tree.tar');
  const all = ['--format=pax', '--numeric-owner', '--xattrs', '--xattrs-include=*', '--sparse', ...options];
  execFileSync('tar', ['-c', ...all, '-f', archive, '-C', tree, '.']);
  return archive;
}

/** What GNU tar says to the difference: nothing where there is none. */
function same(archive: string, directory: string): string {
  const args = ['--compare', '--numeric-owner', '--xattrs', '-f', archive, '-C', directory];
  const { stdout, stderr } = spawnSync('tar', args, { encoding: 'utf8' });
  return stdout + stderr;
}

/** All that tar does not compare: times to the nanosecond, links to the same file, attributes; and what is there at all. */
function manifest(directory: string): string {
  const list = execFileSync(
    'bash',
    [
      '-c',
      'cd "$0" && find . ! -type d -printf "%P %y %m %U %G %s %T@ %n %l\\n" -o -printf "%P %y %m %U %G %T@\\n" | LC_ALL=C sort',
      directory,
    ],
    { maxBuffer: 1e8, encoding: 'latin1' },
  );
  const of = (path: string, name: string) => getXattr(join(directory, path), name)?.toString('hex');
  return `${list}${of('srv/odd/capable', 'security.capability')} ${of('srv/odd', 'user.note')}`;
}

describe.skipIf(isMissing !== undefined)('a whole Debian system comes back bit for bit', () => {
  let tree = '';
  let archive = '';
  let store: ImageStore;

  beforeAll(async () => {
    tree = makeTree();
    archive = pack(tree);
    store = new ImageStore({ dataDir: newDirectory() });
    await store.import(archive, 'debian');
  }, scaled(120_000));

  it(
    'as a layer, from an archive and from a directory',
    async () => {
      expect(statSync(archive).size).toBeGreaterThan(20_000_000);
      const [layer = ''] = (await store.get('debian')).rootfs;
      expect(same(archive, layer)).toBe('');
      expect(manifest(layer)).toBe(manifest(tree));
      const other = new ImageStore({ dataDir: newDirectory() });
      await other.import(tree, 'of-a-directory');
      const [second = ''] = (await other.get('of-a-directory')).rootfs;
      expect(manifest(second)).toBe(manifest(tree));
      expect(await output('cat /srv/odd/capable', { rootfs: { path: layer, mode: 'overlay' } })).toBe('c');
    },
    scaled(60_000),
  );

  it(
    'exported, and unpacked by GNU tar',
    async () => {
      const exported = join(newDirectory(), 'exported.tar');
      await pipeline(exportTree((await store.get('debian')).rootfs), createWriteStream(exported));
      expect(same(exported, tree)).toBe('');
      const directory = newDirectory();
      const options = ['-x', '-p', '--xattrs', '--xattrs-include=*', '--numeric-owner'];
      execFileSync('tar', [...options, '-f', exported, '-C', directory]);
      expect(manifest(directory)).toBe(manifest(tree));
    },
    scaled(60_000),
  );

  it(
    'with a layer more, saved, copied by skopeo, and unpacked by umoci',
    async () => {
      const upper = newDirectory();
      mkdirSync(join(upper, 'srv'));
      writeFileSync(join(upper, 'srv/new'), 'new');
      execFileSync('mknod', [join(upper, 'srv/deep'), 'c', '0', '0']); // deleted, as overlayfs says it
      execFileSync('chmod', ['4755', join(upper, 'srv/new')]);
      await store.commit([upper, ...(await store.get('debian')).rootfs], 'two');
      const { rootfs } = await store.get('two');
      expect(rootfs).toHaveLength(2);
      const directory = newDirectory();
      const saved = join(directory, 'saved.tar');
      await pipeline(store.save(['two']), createWriteStream(saved));
      const layout = join(directory, 'layout');
      const copy = ['--insecure-policy', 'copy', '-q', `oci-archive:${saved}`, `oci:${layout}:tag`];
      execFileSync('skopeo', copy, { stdio: 'pipe' });
      const bundle = join(directory, 'bundle');
      execFileSync('umoci', ['unpack', '--image', `${layout}:tag`, bundle], { stdio: 'pipe' });
      const unpacked = join(bundle, 'rootfs');
      using merged = await store.copy('two');
      expect(manifest(unpacked)).toBe(manifest(merged.path));
      expect(readFileSync(join(unpacked, 'srv/new'), 'utf8')).toBe('new');
      expect(existsSync(join(unpacked, 'srv/deep'))).toBe(false);
      const all = join(directory, 'all.tar');
      await pipeline(exportTree(rootfs), createWriteStream(all));
      expect(same(all, unpacked)).toBe('');
      const other = new ImageStore({ dataDir: newDirectory() });
      await other.load(layout, { name: 'back' });
      using back = await other.copy('back');
      expect(manifest(back.path)).toBe(manifest(merged.path));
    },
    scaled(90_000),
  );
});
