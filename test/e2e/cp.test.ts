import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { environment, shell, start, tctl, tctlWithInput } from './support/command.ts';
import { expectOutput, expectRefusal } from './support/expectations.ts';
import { newDirectory, newName } from './support/suite.ts';
import { openTerminal } from './support/terminal.ts';
import { until } from './support/until.ts';

let name = '';
let here = '';
beforeEach(async () => {
  name = newName();
  here = newDirectory();
  expect((await tctl('run', '-d', '--name', name, 'host', 'sleep', '1015')).code).toBe(0);
});
afterEach(async () => {
  await tctl('rm', '-f', name);
});

const inside = (script: string) => tctl('exec', name, 'sh', '-c', script);
const copy = async (...args: string[]) => expectOutput(await tctl('cp', ...args), '');

describe('tctl cp into a container', () => {
  it('copies a file: under a name, into a directory, over another', async () => {
    writeFileSync(join(here, 'file'), 'one', { mode: 0o640 });
    await copy(join(here, 'file'), `${name}:/made`);
    await copy(join(here, 'file'), `${name}:/tmp`);
    await copy(join(here, 'file'), `${name}:tmp/`);
    writeFileSync(join(here, 'file'), 'two');
    await copy(join(here, 'file'), `${name}:/made`);
    expectOutput(
      await inside('cat /made /tmp/file; stat -c "%a %u %n" /tmp/file'),
      'twoone640 0 /tmp/file\n',
    );
  });

  it('copies a directory: under a name, into one that is there, and only what is in it', async () => {
    mkdirSync(join(here, 'tree/sub'), { recursive: true });
    writeFileSync(join(here, 'tree/sub/file'), 'x');
    symlinkSync('/etc/passwd', join(here, 'tree/link'));
    await copy(join(here, 'tree'), `${name}:/new`);
    await copy(join(here, 'tree'), `${name}:/tmp`);
    await copy(`${join(here, 'tree')}/.`, `${name}:/tmp`);
    const { stdout } = await inside('cd /; find new tmp | sort; readlink /new/link');
    expect(stdout).toBe(
      'new\nnew/link\nnew/sub\nnew/sub/file\ntmp\ntmp/link\ntmp/sub\ntmp/sub/file\ntmp/tree\ntmp/tree/link\ntmp/tree/sub\ntmp/tree/sub/file\n/etc/passwd\n',
    );
  });

  it('follows links of the container inside it only', async () => {
    writeFileSync(join(here, 'file'), 'x');
    const outside = join(here, 'outside');
    mkdirSync(outside);
    // Were it followed on the host, these would lead to the test's own directory.
    await inside(`ln -s ${outside} /out; ln -s ../../../../../../..${outside} /up; ln -s /tmp /ok`);
    await copy(join(here, 'file'), `${name}:/ok/`);
    for (const link of ['out', 'up'])
      expectRefusal(await tctl('cp', join(here, 'file'), `${name}:/${link}/file`), /ENOENT/, undefined, 1);
    expect(readdirSync(outside)).toEqual([]);
    expectOutput(await inside('cat /tmp/file'), 'x');
  });

  it('works while it does not run', async () => {
    writeFileSync(join(here, 'file'), 'stopped');
    await tctl('stop', '-t', '0', name);
    await copy(join(here, 'file'), `${name}:/file`);
    await copy(`${name}:/file`, join(here, 'back'));
    expect(readFileSync(join(here, 'back'), 'utf8')).toBe('stopped');
  });
});

describe('tctl cp out of a container', () => {
  it('copies a file and a directory, as cp does', async () => {
    await inside('mkdir -p /tree/sub; echo x >/tree/sub/file; chmod 600 /tree/sub/file');
    await copy(`${name}:/tree/sub/file`, join(here, 'file'));
    await copy(`${name}:/tree/sub/file`, here);
    await copy(`${name}:/tree`, here);
    await copy(`${name}:/tree/.`, join(here, 'new'));
    expect(readdirSync(here, { recursive: true }).toSorted()).toEqual(
      ['file', 'new', 'new/sub', 'new/sub/file', 'tree', 'tree/sub', 'tree/sub/file'].toSorted(),
    );
    expect(statSync(join(here, 'file')).mode & 0o777).toBe(0o600);
  });

  it('takes the place of no device, FIFO or socket', async () => {
    const fifo = join(here, 'hostname');
    execFileSync('mkfifo', [fifo]);
    for (const target of [fifo, here])
      expectRefusal(
        await tctl('cp', `${name}:/etc/hostname`, target),
        /there is a FIFO on the host/,
        /archive to stdout/,
        1,
      );
    expect(lstatSync(fifo).isFIFO()).toBe(true);
  });

  it('brings links as links, and writes through none', async () => {
    const victim = join(here, 'victim');
    writeFileSync(victim, 'mine');
    await inside(`mkdir /tree; ln -s ${victim} /tree/link; ln -s ${victim} /link; mkfifo /tree/fifo`);
    const { code, stderr } = await tctl('cp', `${name}:/tree`, here);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'tctl: left out tree/fifo: it is a device, a FIFO or a socket\n',
    });
    expect(readlinkSync(join(here, 'tree/link'))).toBe(victim);
    // The link's target is in the container, where there is none.
    expectRefusal(await tctl('cp', `${name}:/link`, join(here, 'got')), /ENOENT/, undefined, 1);
    expect(existsSync(join(here, 'got'))).toBe(false);
    // And a second copy does not go through the link that the first has brought.
    await inside('rm /tree/link; echo evil >/tree/link');
    await tctl('cp', `${name}:/tree/.`, join(here, 'tree'));
    expect(readFileSync(victim, 'utf8')).toBe('mine');
    expect(lstatSync(join(here, 'tree/link')).isSymbolicLink()).toBe(false);
  });

  it('says what is wrong', async () => {
    expectRefusal(await tctl('cp', 'a', 'b'), /must be in a container/, /CONTAINER:PATH/);
    expectRefusal(await tctl('cp', 'x:/a', 'y:/b'), /must be in a container/, /CONTAINER:PATH/);
    expectRefusal(await tctl('cp', `${name}:/a`), /missing/, /tctl cp/);
    expectRefusal(await tctl('cp', `${name}:/nosuch`, here), /ENOENT/, undefined, 1);
    expectRefusal(await tctl('cp', join(here, 'nosuch'), `${name}:/`), /ENOENT/, undefined, 1);
    expectRefusal(await tctl('cp', 'nosuch:/a', here), /no such container/, /tctl ps -a/, 1);
  });
});

describe('tctl cp with an archive', () => {
  it('writes a file, a directory, and only what is in it, with the owners of the container', async () => {
    await inside(
      'mkdir -p /tree/sub; echo x >/tree/sub/file; chown 5:6 /tree/sub/file; ln -s sub /tree/link',
    );
    const list = (path: string) => shell(`tctl cp ${name}:${path} - | tar t --numeric-owner -v | sort -k 6`);
    const members = ({ stdout }: { stdout: string }) =>
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/ +\d+ [\d-]+ [\d:]+ /, ' '));
    expect(members(await list('/tree'))).toEqual([
      'drwxr-xr-x 0/0 tree/',
      'lrwxrwxrwx 0/0 tree/link -> sub',
      'drwxr-xr-x 0/0 tree/sub/',
      '-rw-r--r-- 5/6 tree/sub/file',
    ]);
    expect(members(await list('/tree/.'))).toContain('-rw-r--r-- 5/6 ./sub/file');
    expect(members(await list('/tree/sub/file'))).toEqual(['-rw-r--r-- 5/6 file']);
    expectOutput(await shell(`tctl cp ${name}:/tree/sub/file - | tar xO`), 'x\n');
    const all = members(await list('/'));
    expect(all).toContain('-rw-r--r-- 5/6 tree/sub/file');
    expect(all).toContain('dr-xr-xr-x 0/0 proc/');
    expect(all.filter((line) => line.includes(' proc/'))).toHaveLength(1);
  });

  it('takes one into a directory, plain or compressed; with -a its owners, too', async () => {
    mkdirSync(join(here, 'tree/sub'), { recursive: true });
    writeFileSync(join(here, 'tree/sub/file'), 'x'.repeat(100_000));
    await inside('mkdir /plain /gzip /kept');
    const tar = (flags: string) => `tar c ${flags} --owner=5 --group=6 -C ${here} tree`;
    expectOutput(await shell(`${tar('')} | tctl cp - ${name}:/plain`), '');
    expectOutput(await shell(`${tar('-z')} | tctl cp - ${name}:gzip/`), '');
    expectOutput(await shell(`${tar('')} | tctl cp -a - ${name}:/kept`), '');
    expectOutput(await inside('stat -c "%u %g %s" /*/tree/sub/file'), '0 0 100000\n5 6 100000\n0 0 100000\n');
  });

  it('goes from one container to another, also from and to one that does not run', async () => {
    await inside('mkdir /tree; echo kept >/tree/file; chown 5 /tree/file; chmod 4755 /tree/file');
    await tctl('stop', '-t', '0', name);
    const pipe = `mkdir ${here}/back; tctl cp -a ${name}:/tree - | tee ${here}/a.tar | tctl cp -a - ${name}:/tmp`;
    expectOutput(await shell(pipe), '');
    expectOutput(
      await shell(`tar xp -C ${here}/back -f ${here}/a.tar; stat -c '%u %a' ${here}/back/tree/file`),
      '5 4755\n',
    );
    expectOutput(await tctl('start', name), `${name}\n`);
    expect((await tctl('cp', `${name}:/tree/file`, join(here, 'again'))).code).toBe(0);
    expect(readFileSync(join(here, 'again'), 'utf8')).toBe('kept\n');
  });

  it('lets no archive out of the directory, and takes nothing of one that is damaged', async () => {
    const victim = join(here, 'victim');
    mkdirSync(victim);
    await inside('mkdir /to');
    writeFileSync(join(here, 'file'), 'evil');
    symlinkSync(victim, join(here, 'link'));
    const hostile = [
      [`--transform=s,file,../../../../../../..${victim}/file,`, /"\.\."/],
      [`--transform=s,file,${victim}/file,`, /absolute/],
    ] as const;
    for (const [flag, message] of hostile) {
      const { stdout } = await shell(`tar cP ${flag} -C ${here} file | base64 -w0`);
      const archive = Buffer.from(stdout, 'base64');
      expectRefusal(await tctlWithInput(archive, 'cp', '-', `${name}:/to`), message, /do not trust/, 1);
    }
    const through = `cd ${here}; tar cf a.tar link; mv link link2; mkdir link; echo evil >link/file; tar rf a.tar link/file`;
    await shell(through);
    const archive = readFileSync(join(here, 'a.tar'));
    expectRefusal(
      await tctlWithInput(archive, 'cp', '-', `${name}:/to`),
      /leads out of the tree/,
      /do not trust/,
      1,
    );
    const cut = archive.subarray(0, 700);
    expectRefusal(await tctlWithInput(cut, 'cp', '-', `${name}:/to`), /in the middle/, /damaged/, 1);
    expectRefusal(await tctlWithInput('1'.repeat(999), 'cp', '-', `${name}:/to`), /checksum/, /damaged/, 1);
    expect(readdirSync(victim)).toEqual([]);
    // A link of the container's own, where the archive has a directory, is not followed either.
    await inside(`ln -s ${victim} /to/link`);
    const plain = await shell(`cd ${here}; tar cf - link/file | tctl cp - ${name}:/to`);
    expectRefusal(plain, /link or a file where a directory/, /through a link/, 1);
    expect(readdirSync(victim)).toEqual([]);
    expectOutput(await inside('ls -A /to'), 'link\n');
  });

  it('says what is wrong', async () => {
    expectRefusal(await tctl('cp', '-', '-'), /must be in a container/, /CONTAINER:PATH/);
    expectRefusal(await tctlWithInput('', 'cp', '-', `${name}:/etc/passwd`), /is a file/, /into a directory/);
    expectRefusal(await tctlWithInput('', 'cp', '-', `${name}:/nosuch`), /ENOENT/, undefined, 1);
    expectRefusal(await shell(`tctl cp ${name}:/nosuch -`), /ENOENT/, undefined, 1);
  });

  it('writes none to a terminal, and reads none from one', async (context) => {
    await using terminal = await openTerminal(context);
    terminal.type(`tctl cp ${name}:/etc/passwd -`);
    await terminal.shows(/^tctl: stdout is a terminal$[\s\S]*^host>$/m);
    terminal.type(`tctl cp - ${name}:/tmp`);
    await terminal.shows(/^tctl: stdin is a terminal$/m);
  });

  it('leaves nothing of an archive that somebody stops sending', async () => {
    await inside('mkdir /to');
    const temporary = newDirectory();
    const env = environment({ TMPDIR: temporary });
    const sending = start(['cp', '-', `${name}:/to`], { stdio: 'pipe', env });
    sending.process.stdin?.on('error', () => {}); // it is gone by then
    const { stdout } = await shell(`tar c -C /etc passwd | base64 -w0`);
    sending.process.stdin?.write(Buffer.from(stdout, 'base64').subarray(0, 1024));
    await until(
      () => readdirSync(temporary, { recursive: true }).some((path) => String(path).endsWith('passwd')),
      () => 'the beginning is unpacked',
    );
    sending.process.kill('SIGINT');
    expect((await sending.ended).code).toBe(130);
    expect(readdirSync(temporary)).toEqual([]);
    expectOutput(await inside('ls -A /to'), '');
  });
});
