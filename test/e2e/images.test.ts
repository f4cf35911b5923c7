import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { hostRootfs } from '@tc/images';
import { beforeAll, describe, expect, it } from 'vitest';
import { installed } from '../support/installed.ts';
import { startRegistry } from '../support/registry.ts';
import { requires } from '../support/requires.ts';
import { tarArchive } from '../support/tar-archive.ts';
import { shell, tctl, tctlWithInput } from './support/command.ts';
import { expectOutput, expectRefusal } from './support/expectations.ts';
import { directory, newDirectory, newName } from './support/suite.ts';
import { openTerminal, tmux } from './support/terminal.ts';

/** A root file system with accounts of its own, as an archive. */
const archive = join(directory, 'image.tar.gz');

beforeAll(async () => {
  const root = newDirectory();
  const names = ['sh', 'cat', 'ls', 'id', 'touch', 'rm', 'echo', 'sleep', 'pwd', 'env', 'mkdir', 'stat'];
  execFileSync('cp', ['-a', `${(await hostRootfs({ tools: names })).path}/.`, root]);
  mkdirSync(join(root, 'data'));
  writeFileSync(join(root, 'data/first'), 'from the image\n');
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\napp:x:1234:555::/srv/app:/bin/sh\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\napps:x:777:\nteam:x:888:other,app\n');
  execFileSync('tar', ['-czf', archive, '-C', root, '.']);
});

const changes = (...instructions: string[]): string[] => instructions.flatMap((each) => ['-c', each]);

async function importImage(name: string, ...instructions: string[]): Promise<string> {
  const { code, stdout, stderr } = await tctl('import', ...changes(...instructions), archive, name);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/);
  return stdout.trim();
}

describe('tctl import', () => {
  it('makes an image of an archive, which is run as it says', async () => {
    await importImage(
      'said',
      'ENV A=of the image',
      'WORKDIR /srv/work',
      'USER app:apps',
      'CMD echo "$A"; pwd; id -u; id -g; echo $HOME',
    );
    expectOutput(await tctl('run', 'said'), 'of the image\n/srv/work\n1234\n777\n/srv/app\n');
    expectOutput(
      await tctl('run', '-e', 'A=mine', '-w', '/', '-u', 'app', 'said'),
      'mine\n/\n1234\n555\n/srv/app\n',
    );
    expectOutput(await tctl('run', '-u', 'app', 'said', 'id', '-G'), '555 888\n');
    expectOutput(await tctl('run', '-u', 'app:apps', 'said', 'id', '-G'), '777\n');
    await importImage('in-a-team', 'USER app', 'CMD id -G');
    expectOutput(await tctl('run', 'in-a-team'), '555 888\n');
    expectOutput(await tctl('run', '-u', '5', 'said', 'sh', '-c', 'id -u; id -g'), '5\n0\n');
    expectRefusal(await tctl('run', '-u', 'nobody-there', 'said'), /no user "nobody-there"/, /uid:gid/);
  });

  it('takes an archive from stdin, and a directory', async () => {
    expect(await tctlWithInput(readFileSync(archive), 'import', '-', 'stdin')).toMatchObject({
      code: 0,
      stderr: '',
    });
    expectOutput(await tctl('run', 'stdin', 'cat', '/data/first'), 'from the image\n');
    const root = newDirectory();
    execFileSync('tar', ['-xzf', archive, '-C', root]);
    expect(await tctl('import', root, 'of-a-directory')).toMatchObject({ code: 0, stderr: '' });
    expectOutput(await tctl('run', 'of-a-directory:latest', 'cat', '/data/first'), 'from the image\n');
  });

  it('refuses what is no archive, or a hostile one, with a sentence', async () => {
    const hint = /hint|archive|anew|trust/;
    expectRefusal(
      await tctlWithInput('no archive, but long enough. '.repeat(50), 'import', '-', 'x'),
      /read the tar archive/,
      hint,
      1,
    );
    const hostile = gzipSync(tarArchive([{ name: '../../escape\x1b[31m' }]));
    const refused = await tctlWithInput(hostile, 'import', '-', 'x');
    expectRefusal(refused, /its name has "\.\."/, hint, 1);
    expect(refused.stderr).not.toContain('\x1b');
    expectRefusal(await tctl('import', '/nowhere'), /no such file/, /tar archive/, 1);
    expectRefusal(
      await tctl('import', archive, 'Not A Name'),
      /capital letters|is not of that form/,
      /alpine/,
      1,
    );
    expectRefusal(await tctl('import', '-c', 'RUN x', archive), /RUN x.*no instruction/, undefined);
  });
});

describe('tctl import --debian', () => {
  // The real one needs Debian's archive, which a test must not; what it is asked, and what it says, is what counts here.
  it('makes an image of what mmdebstrap puts together, and says what went wrong with it', async () => {
    const bin = newDirectory();
    const path = `PATH=${bin}:$PATH`;
    const script = `#!/bin/sh\necho "asked: $*" >&2\nzcat ${archive}\n`;
    writeFileSync(join(bin, 'mmdebstrap'), script, { mode: 0o755 });
    const made = await shell(`${path} tctl import --debian bookworm --include curl,git debian:12`);
    expect(made).toMatchObject({
      code: 0,
      stderr: 'asked: --variant=minbase --include=curl,git -- bookworm -\n',
    });
    expectOutput(await tctl('run', 'debian:12', 'cat', '/data/first'), 'from the image\n');
    expectRefusal(await shell(`${path} tctl import --debian=--help x`), /no name there/, /bookworm/, 1);
    writeFileSync(join(bin, 'mmdebstrap'), '#!/bin/sh\necho "E: no such suite" >&2; exit 25\n', {
      mode: 0o755,
    });
    const failed = await shell(`${path} tctl import --debian never x`);
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Debian never: E: no such suite'),
    });
  });
});

describe('tctl run', () => {
  it('has the entrypoint of the image, or another, or none', async () => {
    await importImage('entry', 'ENTRYPOINT ["echo", "entry"]', 'CMD ["cmd"]');
    expectOutput(await tctl('run', 'entry'), 'entry cmd\n');
    expectOutput(await tctl('run', 'entry', 'mine', '-x'), 'entry mine -x\n');
    expectOutput(await tctl('run', '--entrypoint', 'echo', 'entry', 'other'), 'other\n');
    expectOutput(await tctl('run', '--entrypoint', '', 'entry', 'pwd'), '/\n');
    expectRefusal(await tctl('run', '--entrypoint', '', 'entry'), /no command/, /Name the program/);
  });

  it('leaves the image as it was, and says which it is not', async () => {
    await importImage('kept');
    expectOutput(
      await tctl('run', 'kept', 'sh', '-c', 'rm /data/first; touch /new; ls / | cat >/dev/null'),
      '',
    );
    expectOutput(
      await tctl('run', 'kept', 'ls', '/data', '/new').then((each) => ({ ...each, stderr: '', code: 0 })),
      '/data:\nfirst\n',
    );
    expectRefusal(
      await tctl('run', '--pull', 'never', 'kept:2', 'true'),
      /image kept:2: no such image/,
      /tctl images/,
    );
    expect(await tctl('image', 'verify')).toMatchObject({ code: 0, stdout: '' });
  });

  it('fills the volumes of the image with what is there, for a container that stays', async () => {
    await importImage(
      'with-volume',
      'VOLUME ["/data"]',
      'LABEL of=image',
      'LABEL both=image',
      'CMD ["sleep", "1000"]',
      'STOPSIGNAL KILL',
    );
    const name = newName();
    expect(await tctl('run', '-d', '--name', name, '-l', 'both=mine', 'with-volume')).toMatchObject({
      code: 0,
      stderr: '',
    });
    expectOutput(await tctl('exec', name, 'cat', '/data/first'), 'from the image\n');
    const [info] = JSON.parse((await tctl('inspect', name)).stdout);
    expect(info.options).toMatchObject({
      labels: { of: 'image', both: 'mine' },
      stopSignal: 'SIGKILL',
      image: 'with-volume',
    });
    expect(info.options.mounts).toEqual([
      { type: 'volume', target: '/data', source: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expectRefusal(await tctl('rmi', 'with-volume'), new RegExp(`${name} uses it`), /Remove the container/, 1);
    await tctl('rm', '-f', name);
    expect((await tctl('rmi', 'with-volume')).stdout).toMatch(
      /^untagged: with-volume:latest\nremoved: sha256:/,
    );
    await tctl('volume', 'prune');
  });
});

describe('tctl commit, diff and export', () => {
  it('see what a container wrote', async () => {
    await importImage('base');
    const name = newName();
    await tctl('create', '--name', name, 'base', 'sh', '-c', 'echo new > /data/second; rm /data/first');
    expectOutput(await tctl('diff', name), '');
    await tctl('start', name);
    await tctl('wait', name);
    expectOutput(await tctl('diff', name), 'C /data\nD /data/first\nA /data/second\n');
    expect(JSON.parse((await tctl('diff', '--json', name)).stdout)).toContainEqual({
      kind: 'deleted',
      path: '/data/first',
    });
    expect(
      await tctl('commit', '-m', 'a message', '-c', 'CMD ["ls", "/data"]', name, 'changed:1'),
    ).toMatchObject({ code: 0, stderr: '' });
    expectOutput(await tctl('run', 'changed:1'), 'second\n');
    expect((await tctl('image', 'history', 'changed:1')).stdout).toMatch(
      /^CREATED.*\n.*a message\n.*imported from/,
    );
    expectOutput(await shell(`tctl export ${name} | tar -tf - | grep ^data`), 'data/\ndata/second\n');
    expectOutput(await shell(`tctl export ${name} | head -c 100 >/dev/null`), '');
    await tctl('rm', name);
  });
});

describe('tctl save and load', () => {
  it('are no error where nobody reads on', async () => {
    await importImage('unread:1');
    for (let turn = 0; turn < 5; turn += 1)
      expectOutput(await shell('tctl save unread:1 | head -c 100 >/dev/null'), '');
    await tctl('rmi', 'unread:1');
  });

  it.each(['oci', 'docker'])('pass images on: %s', async (format) => {
    const id = await importImage(`saved-${format}:1`, 'CMD ["echo", "loaded"]', `LABEL format=${format}`);
    const file = join(directory, `saved-${format}.tar`);
    expectOutput(await tctl('save', '--format', format, '-o', file, `saved-${format}:1`), '');
    await tctl('rmi', id);
    expectRefusal(await tctl('run', '--pull', 'never', `saved-${format}:1`), /no such image/, /tctl images/);
    expectOutput(await shell(`tctl load < ${file}`), `saved-${format}:1\n`);
    expectOutput(await tctl('run', `saved-${format}:1`), 'loaded\n');
  });

  it('write no archive to a terminal, and no half of one to a file', async () => {
    const file = join(directory, 'never.tar');
    expectRefusal(await tctl('save', '-o', file, 'nothing-there'), /no such image/, /hint/, 1);
    expect(existsSync(file)).toBe(false);
  });
});

describe('tctl push and pull', () => {
  it('go to a registry and back, with a line for each step where there is no terminal', async (context) => {
    requires(context, installed('docker-registry'));
    await using registry = await startRegistry(newDirectory());
    const name = `${registry.host}/e2e/app:1`;
    const id = await importImage('to-push', 'CMD ["echo", "pulled"]');
    await tctl('tag', 'to-push', name);
    expect(await tctl('push', name)).toMatchObject({ code: 0, stdout: `${name}\n` });
    await tctl('rmi', name, 'to-push');
    await tctl('image', 'prune', '-a');
    const pulled = await tctl('pull', name);
    expect(pulled).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(new RegExp(`^${name} sha256:[0-9a-f]{64}\n$`)),
    });
    expect(pulled.stderr).toMatch(/^[0-9a-f]{12}: downloading \d/m);
    expect(pulled.stderr).not.toContain('\x1b');
    expectOutput(await tctl('images', '-q', '--no-trunc', name), `${id}\n`);
    await tctl('rmi', name);
    // Where it is missing, run gets it.
    const run = await tctl('run', name);
    expect(run).toMatchObject({
      code: 0,
      stdout: 'pulled\n',
      stderr: expect.stringContaining('downloading'),
    });
    expectRefusal(await tctl('run', `${registry.host}/none`), /answered 404/, /spelling/);
  });
});

describe('tctl images', () => {
  it('lists them with their sizes, and as JSON', async () => {
    await tctl('image', 'prune', '-a');
    await importImage('one:1', 'CMD ["1"]');
    await importImage('two', 'CMD ["2"]');
    const { stdout } = await tctl('images');
    expect(stdout).toMatch(/^IMAGE +ID +CREATED +SIZE +UNIQUE\n/);
    expect(stdout).toMatch(/^two:latest +[0-9a-f]{12} +.* ago +[\d.]+MB +0B$/m);
    const images = JSON.parse((await tctl('images', '--json')).stdout);
    expect(images.map(({ names }: { names: string[] }) => names).sort()).toEqual([
      ['docker.io/library/one:1'],
      ['docker.io/library/two:latest'],
    ]);
    expectOutput(
      await tctl('image', 'prune', '-a', '--json').then((each) => ({
        ...each,
        stdout: Object.keys(JSON.parse(each.stdout)).join(),
      })),
      'images,layers,blobs,leftovers',
    );
    expect((await tctl('images', '-q')).stdout).toBe('');
  });

  it('never let an image’s words do anything to the terminal', async () => {
    const odd = 'a\x1b[31m\x9b2J\u202e';
    expect(await tctl('import', '-m', odd, '-c', `LABEL x=${odd}`, archive, 'odd')).toMatchObject({
      code: 0,
    });
    for (const args of [
      ['image', 'history', 'odd'],
      ['image', 'inspect', 'odd'],
      ['image', 'history', '--json', 'odd'],
    ]) {
      const { code, stdout } = await tctl(...args);
      expect(code).toBe(0);
      expect(stdout).toContain('[31m');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
      expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    }
  });

  it('are told of as JSON by whatever is done with them', async (context) => {
    requires(context, installed('docker-registry'));
    await using registry = await startRegistry(newDirectory());
    const of = async (...args: string[]) => {
      const { code, stdout, stderr } = await tctl(...args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return JSON.parse(stdout);
    };
    const { id, digest } = await of('import', '--json', archive, 'json');
    const name = `${registry.host}/json:1`;
    expect(await of('tag', '--json', 'json', name)).toEqual({ name, digest });
    expect(await of('push', '--json', name)).toEqual({ name, digest });
    const file = join(newDirectory(), 'saved.tar');
    expect(await of('save', '--json', '-o', file, 'json')).toEqual({ file, bytes: statSync(file).size });
    expectRefusal(await tctl('save', '--json', 'json'), /would both go to stdout/, /-o/);
    expect(await of('rmi', '--json', 'json', name)).toEqual([
      { untagged: ['docker.io/library/json:latest'], removed: false, digest },
      { untagged: [name], removed: true, digest },
    ]);
    expect(await of('pull', '--json', name)).toEqual([expect.objectContaining({ id, digest })]);
    expect(await of('load', '--json', file)).toEqual([expect.objectContaining({ id, digest })]);
    const container = (await tctl('create', 'json', 'touch', '/new')).stdout.trim();
    await tctl('start', container);
    await tctl('wait', container);
    expect(await of('export', '--json', '-o', file, container)).toEqual({ file, bytes: statSync(file).size });
    expect(await of('diff', '--json', container)).toContainEqual({ kind: 'added', path: '/new' });
    expect(await of('commit', '--json', container, 'more')).toMatchObject({ layers: { length: 2 } });
    expect(await of('image', 'verify', '--json')).toEqual([]);
    await tctl('rm', container);
  });

  it('show bars on a terminal while they come, and lines elsewhere', async (context) => {
    requires(context, installed('docker-registry'), tmux);
    await using registry = await startRegistry(newDirectory());
    const name = `${registry.host}/bars:1`;
    await importImage('bars');
    expect(await tctl('push', 'bars', name)).toMatchObject({ code: 0 });
    await tctl('rmi', 'bars');
    await tctl('image', 'prune', '-a');
    await using terminal = await openTerminal(context);
    const recorded = join(newDirectory(), 'recorded');
    terminal.record(recorded);
    terminal.type(`tctl pull ${name}`);
    await terminal.shows(/ sha256:[0-9a-f]{64}\n/);
    // One line for each layer at the end, drawn over those before it.
    expect(terminal.screen().match(/^[0-9a-f]{12}: done *$/gm) ?? terminal.screen()).toHaveLength(1);
    const drawn = readFileSync(recorded, 'utf8');
    expect(drawn).toContain('\x1b[1A');
    expect(drawn).toMatch(/(?:downloading|unpacking) +\[=* *\] \S+B\/\S+B/);
    terminal.type(`tctl rmi ${name}; clear; tctl pull ${name} 2>&1 | cat`);
    await terminal.shows(/^[0-9a-f]{12}: done$[\s\S]* sha256:[0-9a-f]{64}\n/m);
    expect(terminal.screen()).not.toContain('[=');
  });

  it('are removed one by one, and each failure is told', async () => {
    await importImage('gone');
    const { code, stdout, stderr } = await tctl('rmi', 'never-there', 'gone');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^untagged: gone:latest\nremoved: sha256:/);
    expect(stderr).toMatch(
      /^tctl: find the image never-there: no such image \(IMAGE_NOT_FOUND\)\n {2}hint: /,
    );
  });
});
