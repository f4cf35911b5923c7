import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseTmpfs, type RunOptions, type TmpfsMount } from '@tc/core';
import type { CapabilityName } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { usualIdMap } from '../support/id-mappable.ts';
import { box, newDirectory, output, refusal, watchLeftovers } from '../support/kernel.ts';
import { requires } from '../support/requires.ts';
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

  it('can leave out what is mounted below its source', async () => {
    const source = newDirectory();
    mkdirSync(join(source, 'below'));
    execFileSync('mount', ['-t', 'tmpfs', 'none', join(source, 'below')]);
    try {
      const mounts = [{ source, target: '/data', recursive: false }];
      expect(await output('stat -f -c %T /data/below; touch /data/below/file', { mounts })).toBe('tmpfs\n');
      expect(await output('grep -c " /data" /proc/self/mountinfo', { mounts })).toBe('1\n');
      expect(await output('grep -c " /data" /proc/self/mountinfo', { mounts: [`${source}:/data`] })).toBe(
        '2\n',
      );
      const user = { uidMap: '0 100000 65536', gidMap: '0 100000 65536' };
      const error = await refusal(box(['true'], { mounts, namespaces: { user } }));
      expect(error).toMatchObject({ hint: expect.stringContaining('user namespace') });
    } finally {
      execFileSync('umount', [join(source, 'below')]);
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

/** A directory that is a mount point of its own, shared or not, with a directory `later` in it. */
function newMountPoint(propagation: 'shared' | 'private') {
  const path = newDirectory();
  chmodSync(path, 0o755);
  execFileSync('mount', ['--bind', path, path]);
  execFileSync('mount', [`--make-${propagation}`, path]);
  mkdirSync(join(path, 'later'));
  return { path, [Symbol.dispose]: () => execFileSync('umount', ['-R', path]) };
}

/** Runs a script that reads a line before it goes on; meanwhile something is mounted at `later`. */
async function mountMeanwhile(path: string, script: string, options: Partial<RunOptions>): Promise<string> {
  const run = box(`echo up; read line; ${script}`, { ...options, stdin: 'pipe' });
  await new Promise<void>((resolve) => run.stdout?.once('data', () => resolve()));
  execFileSync('mount', ['-t', 'tmpfs', 'none', join(path, 'later')]);
  writeFileSync(join(path, 'later/file'), '');
  run.stdin?.end('go\n');
  const { stdout } = await run;
  execFileSync('umount', [join(path, 'later')]);
  return stdout;
}

describe('what the host mounts later below the source of a bind mount', () => {
  const user = { uidMap: '0 100000 65536', gidMap: '0 100000 65536' };

  it.for([
    ['slave', 'rslave', {}, 'up\nfile\n'],
    ['shared', 'rshared', {}, 'up\nfile\n'],
    ['private', 'rprivate', {}, 'up\n'],
    ['slave, in a user namespace', 'slave', { namespaces: { user } }, 'up\nfile\n'],
    [
      'slave, in a user namespace with the usual id map',
      'slave',
      { namespaces: { user: true } },
      'up\nfile\n',
    ],
    ['private, in a user namespace', 'private', { namespaces: { user } }, 'up\n'],
  ] as const)('shows up as its propagation says: %s', async ([, option, options, expected], context) => {
    if ('namespaces' in options && options.namespaces.user === true) requires(context, usualIdMap);
    using source = newMountPoint('shared');
    const mounts = [`${source.path}:/data:${option}`];
    expect(await mountMeanwhile(source.path, 'ls /data/later', { ...options, mounts })).toBe(expected);
  });

  it('shows up in a read-only mount too, which itself stays read-only', async () => {
    using source = newMountPoint('shared');
    const mounts = [`${source.path}:/data:ro,slave`];
    const script = 'ls /data/later; touch /data/x 2>/dev/null || echo refused';
    expect(await mountMeanwhile(source.path, script, { mounts })).toBe('up\nfile\nrefused\n');
  });

  it.each(['slave', 'shared'] as const)(
    'can’t show up where the host’s mount is private: %s',
    async (propagation) => {
      using source = newMountPoint('private');
      const error = await refusal(
        box(['true'], { mounts: [{ source: source.path, target: '/data', propagation }] }),
      );
      expect(error).toMatchObject({
        code: 'MOUNT_NOT_SHARED',
        hint: expect.stringContaining('--make-shared'),
      });
    },
  );
});

describe('what a container mounts below a bind mount', () => {
  const script = 'mount -t tmpfs none /data/later && touch /data/later/inside && echo done';
  const capabilities: CapabilityName[] = ['CAP_SYS_ADMIN', 'CAP_DAC_OVERRIDE'];

  it.each([
    ['shared', ['inside']],
    ['slave', []],
    ['private', []],
  ] as const)('shows up on the host only where it is shared: %s', async (propagation, expected) => {
    using source = newMountPoint('shared');
    const mounts = [{ source: source.path, target: '/data', propagation }];
    expect(await output(script, { mounts, capabilities })).toBe('done\n');
    expect(readdirSync(join(source.path, 'later'))).toEqual(expected);
  });

  it('never shows up from a user namespace: shared is refused', async () => {
    using source = newMountPoint('shared');
    const mounts = [`${source.path}:/data:shared`];
    const error = await refusal(box(['true'], { mounts, namespaces: { user: true } }));
    expect(error).toMatchObject({ code: 'INVALID_OPTION', hint: expect.stringContaining('slave') });
  });

  it('is not the doing of another mount: none goes onto a shared one, by its name or through a link', async () => {
    using source = newMountPoint('shared');
    const inner = newDirectory();
    const below = [`${source.path}:/data:shared`, `${inner}:/data/later`];
    expect(await refusal(box(['true'], { mounts: below }))).toMatchObject({ code: 'INVALID_OPTION' });
    const path = await ownRootfs(newDirectory());
    symlinkSync('/data/later', join(path, 'link'));
    mkdirSync(join(path, 'data/later'), { recursive: true });
    for (const mounts of [
      [`${source.path}:/data:shared`, `${inner}:/link`],
      [`${inner}:/link`, `${source.path}:/data:shared`],
    ]) {
      await box(['true'], { rootfs: path, mounts });
      expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(join(source.path, 'later'));
    }
    const mounts = [`${source.path}:/data:shared`, `${source.path}:/link:shared`];
    expect(await refusal(box(['true'], { rootfs: path, mounts }))).toMatchObject({
      code: 'MOUNT_TARGET_FORBIDDEN',
    });
  });
});

describe('a mount whose target is of another kind', () => {
  it.each([
    ['a file', '/etc/hostname:/usr', 'MOUNT_TYPE_MISMATCH'],
    ['a directory', '/tmp:/etc/passwd', 'MOUNT_TYPE_MISMATCH'],
    ['a tmpfs', { type: 'tmpfs', target: '/etc/passwd' }, 'MOUNT_TYPE_MISMATCH'],
    ['anything below a file', '/tmp:/etc/passwd/below', 'MOUNT_TARGET_NOT_FOUND'],
  ] as const)('is refused, and said to be: %s', async (_, mount, code) => {
    expect(await refusal(box('true', { mounts: [mount] }))).toMatchObject({ code, hint: expect.any(String) });
  });
});

describe('a tmpfs', () => {
  const tmpfs = (options: Partial<TmpfsMount> = {}): Partial<RunOptions> => ({
    mounts: [{ type: 'tmpfs', target: '/scratch', ...options }],
  });

  it('is there, writable by all, and without devices and setuid', async () => {
    const text = await output(
      'stat -f -c %T /scratch; stat -c %a /scratch; grep " /scratch" /proc/mounts',
      tmpfs(),
    );
    expect(text).toMatch(/^tmpfs\n1777\n\S+ \/scratch tmpfs rw,nosuid,nodev,/);
  });

  it('has the size and the mode that were asked for', async () => {
    const script =
      'stat -c %a /scratch; dd if=/dev/zero of=/scratch/x bs=1M count=4 2>/dev/null || stat -c %s /scratch/x';
    expect(await output(script, tmpfs({ size: '2m', mode: 0o750 }))).toBe(`750\n${2 ** 21}\n`);
  });

  it('counts against the memory limit', async () => {
    const script = ['dd', 'if=/dev/zero', 'of=/scratch/x', 'bs=1M', 'count=64'];
    const result = await box(script, {
      ...tmpfs({ size: '128m' }),
      limits: { memory: '32m', memorySwap: 0 },
    });
    expect(result).toMatchObject({ reason: 'oom' });
  });

  it('can be read-only, and empty', async () => {
    const text = await output(
      'ls -A /scratch; touch /scratch/x 2>/dev/null || echo refused',
      tmpfs({ readOnly: true }),
    );
    expect(text).toBe('refused\n');
  });

  it.for([true, 'self'] as const)(
    'is there in a user namespace too, with root as its owner: %s',
    async (user, context) => {
      if (user === true) requires(context, usualIdMap);
      const options = { ...tmpfs({ size: '1m' }), namespaces: { user } };
      expect(
        await output('stat -c %u:%a /scratch; touch /scratch/x; grep " /scratch " /proc/mounts', options),
      ).toMatch(/^0:1777\n.*\bsize=1024k/);
    },
  );

  it('can hold other mounts, and lie on the runtime’s own', async () => {
    const source = newDirectory();
    writeFileSync(join(source, 'file'), 'x');
    const mounts = [
      parseTmpfs('/srv:size=1m,mode=755'),
      `${source}:/srv/data`,
      parseTmpfs('/dev/shm:size=64k'),
    ];
    expect(
      await output('cat /srv/data/file; stat -c %a /srv; grep -c size=64k /proc/mounts', { mounts }),
    ).toBe('x755\n1\n');
  });

  it.each(['/data', '/proc/sys', '/sys/fs/cgroup', '/proc'])(
    'is not mounted into /proc or /sys: %s',
    async (target) => {
      const path = await ownRootfs(newDirectory());
      symlinkSync('/proc/sys', join(path, 'data'));
      for (const mode of ['rw', 'ro', 'overlay'] as const) {
        const error = await refusal(box(['true'], { rootfs: { path, mode }, ...tmpfs({ target }) }));
        expect(error).toMatchObject({ code: 'MOUNT_TARGET_FORBIDDEN' });
      }
    },
  );

  it('through a link that leads up and out stays inside', async () => {
    const path = await ownRootfs(newDirectory());
    symlinkSync('/../../../../etc', join(path, 'up'));
    expect(
      await output('ls -A /etc/sub; stat -f -c %T /etc/sub', {
        rootfs: path,
        ...tmpfs({ target: '/up/sub' }),
      }),
    ).toBe('tmpfs\n');
    expect(existsSync('/etc/sub')).toBe(false);
  });
});
