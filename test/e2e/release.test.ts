/** The way from changesets to a version, in a copy of what it reads and writes. */
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { repository, startCommand } from './support/command.ts';
import { newDirectory } from './support/suite.ts';

const parts = [
  'package.json',
  'pnpm-workspace.yaml',
  '.changeset/*',
  '{packages,apps}/*/{package.json,README.md,CHANGELOG.md}',
  'apps/*/src/version.ts',
];

describe('a release', () => {
  let copy: string;
  const read = (file: string) => readFileSync(join(copy, file), 'utf8');
  const tool = (name: string) =>
    startCommand([process.execPath, join(repository, 'tools', name), copy], { cwd: copy }).ended;

  beforeEach(() => {
    copy = newDirectory();
    for (const file of globSync(parts, { cwd: repository })) cpSync(join(repository, file), join(copy, file));
    const git = (...args: string[]) => execFileSync('git', args, { cwd: copy });
    git('init', '--quiet', '--initial-branch=main');
    git('add', '.');
    git('-c', 'user.name=test', '-c', 'user.email=test@localhost', 'commit', '--quiet', '-m', 'All');
  });

  it('gives all packages the next version, with what the changeset says', async () => {
    const { version } = JSON.parse(read('packages/core/package.json'));
    const [major, minor] = version.split('.');
    const next = `${major}.${Number(minor) + 1}.0`;
    writeFileSync(join(copy, '.changeset/new.md'), '---\n"@tc/core": minor\n---\n\nContainers can fly.\n');
    expect(await tool('check-release.mjs')).toMatchObject({ code: 0, stderr: '' });

    expect(await tool('release-version.mjs')).toMatchObject({ code: 0 });
    for (const file of globSync('{packages,apps}/*/package.json', { cwd: copy }))
      expect(JSON.parse(read(file)).version, file).toBe(next);
    expect(read('packages/core/CHANGELOG.md')).toMatch(
      new RegExp(
        `^# @tc/core\\n[^#]*\\n## ${next}\\n+### Minor Changes\\n+(- .*\\n)*- .*Containers can fly\\.`,
      ),
    );
    for (const app of ['tctl', 'tc-runtime'])
      expect(read(`apps/${app}/src/version.ts`)).toContain(`'${next}'`);
    expect(globSync('.changeset/*.md', { cwd: copy })).toEqual(['.changeset/README.md']);
    expect(await tool('check-release.mjs')).toMatchObject({ code: 0, stderr: '' });
  });

  it('is refused where a package could not be published, or a changeset not be read', async () => {
    const manifest = JSON.parse(read('packages/linux/package.json'));
    writeFileSync(
      join(copy, 'packages/linux/package.json'),
      JSON.stringify({ ...manifest, private: true, version: '0.9.9' }),
    );
    writeFileSync(join(copy, '.changeset/none.md'), 'Something.\n');
    writeFileSync(join(copy, '.changeset/other.md'), '---\n"@tc/coer": patch\n---\n\nSomething.\n');
    const { code, stderr } = await tool('check-release.mjs');
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      'packages/linux/package.json: it is private',
      'packages/linux/CHANGELOG.md: it has no entry for 0.9.9',
      expect.stringMatching(/^packages have different versions: /),
      expect.stringMatching(/^\.changeset\/none\.md: it has no line such as/),
      '.changeset/other.md: there is no package @tc/coer',
    ]);
  });
});
