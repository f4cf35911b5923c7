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
import { tctl } from './support/command.ts';
import { expectOutput, expectRefusal } from './support/expectations.ts';
import { newDirectory, newName } from './support/suite.ts';

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
    expectRefusal(await tctl('cp', '-', `${name}:/`), /no place/, /archives/);
    expectRefusal(await tctl('cp', 'nosuch:/a', here), /no such container/, /tctl ps -a/, 1);
  });
});
