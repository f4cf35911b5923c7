import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultSearchDirectories, findTool, searchDirectories } from '../../src/host/search-path.ts';
import { parseShebang } from '../../src/host/shebang.ts';
import { imagePath } from '../../src/host/tree.ts';
import { useScratch } from '../support/scratch.ts';

const scratch = useScratch();

describe('searchDirectories', () => {
  it('takes absolute directories, each once, and never the working directory', () => {
    expect(searchDirectories('/a:b:/c/::.:/a/:/')).toEqual(['/a', '/c', '/']);
  });

  it('puts the system before what else is in PATH', () => {
    const directories = defaultSearchDirectories('/home/me/job/node_modules/.bin:/usr/bin:/opt/bin');
    expect(directories.indexOf('/usr/bin')).toBeLessThan(
      directories.indexOf('/home/me/job/node_modules/.bin'),
    );
    expect(directories.slice(-2)).toEqual(['/home/me/job/node_modules/.bin', '/opt/bin']);
    expect(directories).toContain('/usr/sbin');
  });
});

describe('findTool', () => {
  it('passes over directories, plain files and dangling links, and remembers that it saw them', () => {
    const [one, two, three, four] = [scratch(), scratch(), scratch(), scratch()];
    mkdirSync(join(one, 'x'));
    writeFileSync(join(two, 'x'), '', { mode: 0o644 });
    symlinkSync('nowhere', join(three, 'x'));
    writeFileSync(join(four, 'real'), '', { mode: 0o755 });
    symlinkSync('real', join(four, 'x'));
    const seen: string[] = [];
    const tool = findTool('x', [one, two, three, four], (path) => void seen.push(path));
    expect(tool).toEqual({ name: 'x', path: join(four, 'x'), realPath: join(four, 'real') });
    expect(seen).toEqual([one, two, four].map((directory) => join(directory, 'x')));
  });
});

describe('parseShebang', () => {
  it.each([
    ['#!/bin/sh\n', { interpreter: '/bin/sh', command: undefined }],
    ['#! /bin/sh -e\n', { interpreter: '/bin/sh', command: undefined }],
    ['#!/usr/bin/env bash\n', { interpreter: '/usr/bin/env', command: 'bash' }],
    ['#!/usr/bin/env -S LANG=C awk -f\n', { interpreter: '/usr/bin/env', command: 'awk' }],
    ['#!sh\n', undefined],
    ['#!', undefined],
    ['\x7fELF', undefined],
  ])('reads %j', (text, expected) => {
    expect(parseShebang(Buffer.from(text, 'latin1'))).toEqual(expected);
  });
});

describe('imagePath', () => {
  it.each([
    ['/bin/sh', 'usr/bin/sh'],
    ['/lib64/ld-linux-x86-64.so.2', 'usr/lib64/ld-linux-x86-64.so.2'],
    ['/usr/lib/x', 'usr/lib/x'],
    ['/library/x', 'library/x'],
    ['/nix/store/a/lib/x', 'nix/store/a/lib/x'],
    ['/../../lib/../etc/x', 'etc/x'],
  ])('places %s at %s', (path, expected) => {
    expect(imagePath(path)).toBe(expected);
  });
});
