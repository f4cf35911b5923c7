import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { box, newDirectory, output, refusal, watchLeftovers } from '../support/kernel.ts';
import { fileSystem, namespace, requires } from '../support/requires.ts';
import { hostRoot } from '../support/rootfs.ts';

watchLeftovers();

function layer(files: Readonly<Record<string, string>>): string {
  const path = newDirectory();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

const onDisk = (path: string, ...layers: string[]) =>
  ({ path: [...layers, hostRoot], mode: 'overlay', upper: { path } }) as const;

describe('several layers', () => {
  it('are seen as one directory, in which the topmost is first', async (context) => {
    requires(context, fileSystem('overlay'));
    const path = [layer({ 'srv/a': 'top' }), layer({ 'srv/a': 'below', 'srv/b': 'below' }), hostRoot];
    for (const mode of ['overlay', 'overlay-ro'] as const) {
      expect(await output('cat /srv/a /srv/b; ls /srv', { rootfs: { path, mode } })).toBe('topbelowa\nb\n');
    }
    const script = 'echo new > /srv/b; rm /srv/a; cat /srv/*';
    expect(await output(script, { rootfs: { path, mode: 'overlay' } })).toBe('new\n');
    expect(readFileSync(join(path[1] ?? '', 'srv/b'), 'utf8')).toBe('below');
  });

  it('can be as many as an image has', async (context) => {
    requires(context, fileSystem('overlay'));
    const layers = Array.from({ length: 95 }, (_, n) => layer({ [`srv/${n}`]: `${n}` }));
    const rootfs = { path: [...layers, hostRoot], mode: 'overlay' } as const;
    expect(await output('ls /srv | wc -l; cat /srv/94', { rootfs })).toBe('95\n94');
    const error = await refusal(box(['true'], { rootfs: { ...rootfs, path: [hostRoot, ...rootfs.path] } }));
    expect(error).toMatchObject({ code: 'INVALID_OPTION', hint: expect.stringContaining('96') });
  });

  it('may have names that overlayfs would read otherwise', async (context) => {
    requires(context, fileSystem('overlay'));
    const odd = join(newDirectory(), 'a:b,c\\d "e"');
    mkdirSync(odd);
    writeFileSync(join(odd, 'odd'), 'x');
    expect(await output('cat /odd', { rootfs: { path: [odd, hostRoot], mode: 'overlay' } })).toBe('x');
  });

  it('work in a user namespace', async (context) => {
    requires(context, fileSystem('overlay'), namespace('user'));
    const path = [layer({ 'srv/a': 'top' }), hostRoot];
    const rootfs = { path, mode: 'overlay' } as const;
    expect(await output('cat /srv/a', { rootfs, namespaces: { user: 'self' } })).toBe('top');
  });

  it.each(['rw', 'ro'] as const)('are refused in mode %s', async (mode) => {
    const rootfs = { path: [hostRoot, hostRoot], mode };
    expect(await refusal(box(['true'], { rootfs }))).toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('may not lie in each other', async (context) => {
    requires(context, fileSystem('overlay'));
    const outer = layer({ 'inner/file': '' });
    const rootfs = { path: [join(outer, 'inner'), outer], mode: 'overlay' } as const;
    const error = await refusal(box(['true'], { rootfs }));
    expect(error).toMatchObject({ code: 'OVERLAY_LAYERS_OVERLAP', hint: expect.stringContaining(outer) });
  });

  it('that are files are refused', async () => {
    const file = join(layer({ file: '' }), 'file');
    const rootfs = { path: [file, hostRoot], mode: 'overlay' } as const;
    expect(await refusal(box(['true'], { rootfs }))).toMatchObject({ code: 'ROOTFS_NOT_A_DIRECTORY' });
  });
});

describe('an upper directory of the host', () => {
  it('keeps what the container writes, from start to start', async (context) => {
    requires(context, fileSystem('overlay'));
    const upper = newDirectory();
    const rootfs = onDisk(upper);
    expect(await output('echo kept > /file; rm /etc/passwd; mkdir /made', { rootfs })).toBe('');
    expect(await output('cat /file; ls -d /made; ls /etc/passwd 2>/dev/null || echo gone', { rootfs })).toBe(
      'kept\n/made\ngone\n',
    );
    expect(readdirSync(upper).toSorted()).toEqual(['upper', 'work']);
    expect(readFileSync(join(upper, 'upper/file'), 'utf8')).toBe('kept\n');
    expect(readdirSync(hostRoot)).not.toContain('made');
    rmSync(upper, { recursive: true });
  });

  it('belongs to one container at a time', async (context) => {
    requires(context, fileSystem('overlay'));
    const rootfs = onDisk(newDirectory());
    await using run = box(['sleep', '1000'], { rootfs });
    await run.started;
    const error = await refusal(box(['true'], { rootfs }));
    expect(error).toMatchObject({ code: 'UPPER_IN_USE', hint: expect.any(String) });
    run.kill('SIGKILL');
    await run;
    expect((await box(['true'], { rootfs })).exitCode).toBe(0);
  });

  it('is as good in a user namespace, where it belongs to its root', async (context) => {
    requires(context, fileSystem('overlay'), namespace('user'));
    const upper = newDirectory();
    execFileSync('chown', ['100000:100000', upper]);
    const user = { uidMap: '0 100000 65536', gidMap: '0 100000 65536' };
    const options = { rootfs: onDisk(upper), namespaces: { user } };
    await output('mkdir -p /kept; echo x > /kept/file', options);
    expect(await output('cat /kept/file; stat -c %u /kept/file', options)).toBe('x\n0\n');
  });

  it('that belongs to somebody else is refused in a user namespace', async (context) => {
    requires(context, fileSystem('overlay'), namespace('user'));
    const upper = newDirectory();
    execFileSync('chmod', ['755', upper]);
    const user = { uidMap: '0 100000 65536', gidMap: '0 100000 65536' };
    const error = await refusal(box(['true'], { rootfs: onDisk(upper), namespaces: { user } }));
    expect(error).toMatchObject({ code: 'UPPER_UNSUITABLE', hint: expect.stringContaining('root inside') });
  });

  it('with a link in place of upper or work does not lead elsewhere', async (context) => {
    requires(context, fileSystem('overlay'));
    const [upper, elsewhere] = [newDirectory(), newDirectory()];
    symlinkSync(elsewhere, join(upper, 'upper'));
    await refusal(box('echo x > /file', { rootfs: onDisk(upper) }));
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('on a file system that can’t be one is refused, and says which can', async (context) => {
    requires(context, fileSystem('overlay'));
    const [lower, work, mounted] = [newDirectory(), newDirectory(), newDirectory()];
    for (const name of ['upper', 'work']) mkdirSync(join(work, name));
    const options = `lowerdir=${lower},upperdir=${work}/upper,workdir=${work}/work`;
    execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, mounted]);
    try {
      const error = await refusal(box(['true'], { rootfs: onDisk(mounted) }));
      expect(error).toMatchObject({ code: 'UPPER_UNSUITABLE', hint: expect.stringContaining('ext4') });
    } finally {
      execFileSync('umount', [mounted]);
    }
  });

  it('that is read-only is refused', async (context) => {
    requires(context, fileSystem('overlay'));
    const upper = newDirectory();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'none', upper]);
    try {
      const error = await refusal(box(['true'], { rootfs: onDisk(upper) }));
      expect(error).toMatchObject({ code: 'UPPER_UNSUITABLE', hint: expect.stringContaining('written to') });
    } finally {
      execFileSync('umount', [upper]);
    }
  });

  it('keeps what is written over the host’s own /', async (context) => {
    requires(context, fileSystem('overlay'));
    const upper = newDirectory();
    const rootfs = { path: '/', mode: 'overlay', upper: { path: upper } } as const;
    await output('echo kept > /tctl-test', { rootfs });
    expect(await output('cat /tctl-test', { rootfs })).toBe('kept\n');
    expect(existsSync('/tctl-test')).toBe(false);
  });

  it('must be there', async () => {
    const error = await refusal(box(['true'], { rootfs: onDisk('/no/such/directory') }));
    expect(error).toMatchObject({ code: 'UPPER_NOT_FOUND', path: '/no/such/directory' });
  });

  it.each(['rw', 'ro', 'overlay-ro'] as const)('has no use in mode %s', async (mode) => {
    const upper = { path: newDirectory() };
    const error = await refusal(box(['true'], { rootfs: { path: hostRoot, mode, upper } }));
    expect(error).toMatchObject({ code: 'INVALID_OPTION' });
    expect(existsSync(join(upper.path, 'upper'))).toBe(false);
  });

  it('of a container’s own is not for run(), which keeps none', async () => {
    const rootfs = { path: hostRoot, mode: 'overlay', upper: 'disk' } as const;
    expect(await refusal(box(['true'], { rootfs }))).toMatchObject({ code: 'INVALID_OPTION' });
  });
});
