import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { box, newDirectory, output, refusal, watchLeftovers } from '../support/kernel.ts';
import { hostRoot, ownRootfs } from '../support/rootfs.ts';

watchLeftovers();

describe('a bind mount', () => {
  it('of a directory is the host’s directory, both ways', async () => {
    const source = newDirectory();
    writeFileSync(join(source, 'in'), 'from the host');
    expect(await output('cat /data/in; echo from inside > /data/out', { mounts: [`${source}:/data`] })).toBe(
      'from the host',
    );
    expect(readFileSync(join(source, 'out'), 'utf8')).toBe('from inside\n');
  });

  it('of a file is the host’s file', async () => {
    const source = join(newDirectory(), 'file');
    writeFileSync(source, 'old\n');
    const mounts = [{ source, target: '/etc/passwd' }];
    expect(await output('cat /etc/passwd; echo new > /etc/passwd', { mounts })).toBe('old\n');
    expect(readFileSync(source, 'utf8')).toBe('new\n');
  });

  it('that is read-only refuses writes', async () => {
    const source = newDirectory();
    writeFileSync(join(source, 'file'), 'old');
    for (const mounts of [[`${source}:/data:ro`], [{ source, target: '/data', readOnly: true }]]) {
      const { stdout, stderr } = await box(
        'cat /data/file; for f in file new; do touch /data/$f; done; rm /data/file',
        { mounts },
      );
      expect(stdout).toBe('old');
      expect(stderr.match(/Read-only file system/g)).toHaveLength(3);
    }
    const { stderr } = await box('echo x > /file', { mounts: [`${source}/file:/file:ro`] });
    expect(stderr).toMatch(/Read-only file system/);
    expect(readFileSync(join(source, 'file'), 'utf8')).toBe('old');
  });

  it('that is read-only is so in what is mounted below its source, too', async () => {
    const source = newDirectory();
    mkdirSync(join(source, 'below'));
    execFileSync('mount', ['-t', 'tmpfs', 'none', join(source, 'below')]);
    try {
      const text = 'stat -f -c %T /data/below; touch /data/below/file || echo refused';
      expect((await box(text, { mounts: [`${source}:/data:ro`] })).stdout).toBe('tmpfs\nrefused\n');
      expect((await box(text, { mounts: [`${source}:/data`] })).stdout).toBe('tmpfs\n');
    } finally {
      execFileSync('umount', [join(source, 'below')]);
    }
  });

  it('gets a target that is missing, however deep, and with the other mounts around it', async () => {
    const [outer, inner] = [newDirectory(), newDirectory()];
    const file = join(newDirectory(), 'file');
    writeFileSync(file, 'text');
    writeFileSync(join(inner, 'in'), 'inner');
    const mounts = [`${outer}:/a/b/c`, `${inner}:/a/b/c/d/e`, `${file}:/x/y/file`];
    expect(await output('ls /a/b/c/d; cat /a/b/c/d/e/in /x/y/file', { mounts })).toBe('e\ninnertext');
    expect(readdirSync(outer)).toEqual(['d']);
    expect(existsSync(join(hostRoot, 'a'))).toBe(false);
  });

  it('goes away with the container, and its mount point stays in mode rw alone', async () => {
    const path = await ownRootfs(newDirectory());
    const source = newDirectory();
    writeFileSync(join(source, 'file'), '');
    await output('ls /made/here/file', {
      rootfs: { path, mode: 'overlay' },
      mounts: [`${source}:/made/here`],
    });
    expect(readdirSync(path)).not.toContain('made');
    await output('ls /made/here/file', { rootfs: path, mounts: [`${source}:/made/here`] });
    expect(readdirSync(join(path, 'made/here'))).toEqual([]);
  });

  it('can be put below /dev, /tmp and /run', async () => {
    const source = newDirectory();
    writeFileSync(join(source, 'file'), 'x');
    for (const target of ['/dev/shm/data', '/tmp/data', '/run/data', '/dev/data']) {
      expect(await output(`cat ${target}/file`, { mounts: [`${source}:${target}`] })).toBe('x');
    }
  });

  it('of a source that is missing is refused, and says which', async () => {
    const error = await refusal(box(['true'], { mounts: ['/no/such/source:/data'] }));
    expect(error).toMatchObject({
      code: 'MOUNT_SOURCE_NOT_FOUND',
      path: '/no/such/source',
      operation: 'mount /no/such/source:/data',
    });
    expect(error['hint']).toBeTruthy();
  });

  it.each(['data', '/', '/..', ''])('onto %j is refused', async (target) => {
    const error = await refusal(box(['true'], { mounts: [{ source: newDirectory(), target }] }));
    expect(error).toMatchObject({ code: 'INVALID_OPTION', hint: expect.any(String) });
  });

  it('onto a target of the other kind is refused, with a hint', async () => {
    const source = newDirectory();
    writeFileSync(join(source, 'file'), '');
    for (const mount of [`${source}:/etc/passwd`, `${source}/file:/etc`]) {
      const error = await refusal(box(['true'], { mounts: [mount] }));
      expect(error['operation']).toMatch(/mount onto \/etc/);
      expect(error['hint']).toBeTruthy();
    }
  });

  it('onto a target that a read-only root file system lacks is an error that names it', async () => {
    const path = await ownRootfs(newDirectory());
    execFileSync('mount', ['--bind', path, path]);
    try {
      execFileSync('mount', ['-o', 'remount,bind,ro', path]);
      const error = await refusal(
        box(['true'], { rootfs: { path, mode: 'ro' }, mounts: [`${newDirectory()}:/missing`] }),
      );
      expect(error['operation']).toContain('/missing');
    } finally {
      execFileSync('umount', [path]);
    }
  });
});
