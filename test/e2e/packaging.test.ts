/** What would be published: it holds what it needs, installs, and works where nothing of the workspace is. */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { beforeAll, describe, expect, it } from 'vitest';
import { scaled } from '../support/scale.ts';
import { repository, startCommand } from './support/command.ts';
import { expectOutput } from './support/expectations.ts';
import { makeBundle, stateRoot } from './support/oci.ts';
import { installerEnvironment, npmInstall, type Packed, packAll } from './support/packed.ts';
import { newDirectory, newRoomyDirectory } from './support/suite.ts';
import { openTerminal } from './support/terminal.ts';

let packed: readonly Packed[];
let libraries: readonly Packed[];
/** The Node.js of `engines`, as its own registry package has it. */
let oldest: string;

beforeAll(async () => {
  packed = await packAll(newDirectory());
  libraries = packed.filter(({ directory }) => directory.startsWith('packages/'));
  const [allowed, ...others] = new Set(packed.map(({ manifest }) => manifest.engines.node));
  expect(others).toEqual([]);
  const directory = newRoomyDirectory();
  const name = `node-linux-${process.arch}`;
  writeFileSync(join(directory, 'package.json'), '{}');
  await npmInstall(directory, `${name}@${allowed?.replace('>=', '')}.0`);
  oldest = join(directory, 'node_modules', name, 'bin/node');
}, scaled(240_000));

const named = (name: string): Packed => {
  const found = packed.find(({ manifest }) => manifest.name === name);
  if (found === undefined) throw new Error(`no ${name} was packed`);
  return found;
};

const documents = /^(LICENSE|README\.md|CHANGELOG\.md|package\.json|dist\/(tctl\.1|THIRD-PARTY-NOTICES))$/;

describe('what is packed', () => {
  it('is what runs, its types, licences, and pages to read', () => {
    for (const { files, manifest } of packed) {
      const rest = files.filter((file) => !/^dist\/.*\.(js|d\.ts|bundle|1)$|^bin\/.*\.cjs$/.test(file));
      expect(rest, manifest.name).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']));
      expect(rest.filter((file) => !documents.test(file))).toEqual([]);
      expect(files.filter((file) => /test|\.map$|(?<!\.d)\.ts$/.test(file.split('/').at(-1) ?? ''))).toEqual(
        [],
      );
    }
  });

  it('depends on versions, and leads to nothing that is not there', () => {
    for (const { files, manifest } of packed) {
      expect(JSON.stringify(manifest)).not.toMatch(/workspace:|catalog:|tc-source|\/src\//);
      for (const version of Object.values(manifest.dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      for (const conditions of Object.values(manifest.exports ?? {})) {
        expect(Object.keys(conditions)).toEqual(['types', 'default']);
        for (const path of Object.values(conditions)) expect(files).toContain(path.slice(2));
      }
    }
    // Everything else is in their bundles.
    for (const name of ['tctl', 'tc-runtime'])
      expect(Object.keys(named(name).manifest.dependencies)).toEqual(['koffi']);
  });

  it('has the licences of what was bundled', () => {
    const { tarball } = named('tctl');
    const path = 'package/dist/THIRD-PARTY-NOTICES';
    const text = execFileSync('tar', ['-xzOf', tarball, path], { encoding: 'utf8' });
    for (const name of ['ink', 'piscina', 'react', 'systeminformation']) {
      const licence = new RegExp(`^${name} [0-9.]+: MIT[^]{0,300}Permission is hereby granted`, 'm');
      expect(licence.test(text), name).toBe(true);
    }
    expect(text).toMatch(/^yoga-layout [0-9.]+: MIT, Meta/m); // it comes without the text
  });

  it('has nothing that publint would change', async () => {
    for (const { tarball, manifest } of packed) {
      const { messages } = await publint({
        pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer },
        strict: true,
      });
      expect(messages, manifest.name).toEqual([]);
    }
  });

  it('has the types that attw expects, wherever Node.js resolves it', async () => {
    for (const { tarball, manifest } of libraries) {
      const checked = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
      if (checked.types === false) throw new Error(`${manifest.name} has no types`);
      // Before `exports`, ten years ago, there was one way in; and every Node.js that we support can require() a module.
      const problems = checked.problems.filter(
        (problem) =>
          problem.kind !== 'CJSResolvesToESM' &&
          !('resolutionKind' in problem && problem.resolutionKind === 'node10'),
      );
      expect(problems, manifest.name).toEqual([]);
      expect(Object.keys(checked.entrypoints).sort()).toEqual(Object.keys(manifest.exports ?? {}).sort());
    }
  });
});

describe('the libraries, installed into an empty project', () => {
  let project: string;
  const write = (file: string, text: string) => writeFileSync(join(project, file), text);
  const node = (file: string, executable = process.execPath) =>
    startCommand([executable, file], { cwd: project, env: installerEnvironment(), timeout: scaled(100_000) })
      .ended;

  beforeAll(async () => {
    project = newDirectory();
    write('package.json', '{ "name": "empty", "private": true }');
    for (const file of ['use.mjs', 'use.cjs'])
      cpSync(join(import.meta.dirname, 'support/packaged', file), join(project, file));
    const { devDependencies } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
    expect(devDependencies).toHaveProperty('@types/node');
    const types = JSON.parse(readFileSync(join(repository, 'node_modules/@types/node/package.json'), 'utf8'));
    await npmInstall(project, ...libraries.map(({ tarball }) => tarball), `@types/node@${types.version}`);
  }, scaled(240_000));

  const anyNode = describe.each([
    ['this Node.js', () => process.execPath],
    ['the oldest Node.js that they allow', () => oldest],
  ]);
  anyNode('with %s', (_, executable) => {
    it('run a container, sample it and import an image, from an ES module', async () => {
      const finished = await node('use.mjs', executable());
      expect(finished).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(finished.stdout)).toEqual({
        stdout: 'inside\n',
        exitCode: 0,
        cmd: ['true'],
        hasCpus: true,
        hasMode: 'string',
        hasOci: true,
        hasThreads: [true, true],
      });
    });

    it('do the same from require()', async () => {
      // Node.js 22.12 itself says on stderr that this is new.
      const finished = await node('use.cjs', executable());
      expect(finished).toMatchObject({ code: 0, stdout: 'required function object true string\n' });
    });
  });

  it('do what their own pages show', async () => {
    for (const { directory, manifest } of libraries) {
      const page = readFileSync(join(repository, directory, 'README.md'), 'utf8');
      const [, code = ''] = /^```js\n(.*?)^```$/ms.exec(page) ?? [];
      expect(code).toContain(`from '${manifest.name}'`);
      write('page.mjs', code);
      expect(await node('page.mjs'), manifest.name).toMatchObject({ code: 0, stderr: '' });
    }
  });

  it('have types for both, without a workspace to find them in', async () => {
    const use = `
const options: core.RunOptions = { rootfs: '/', limits: { memory: '64m' } };
// @ts-expect-error there is no such limit
const wrong: core.RunOptions = { rootfs: '/', limits: { memroy: '64m' } };
const image: Promise<images.HostRootfs> = images.hostRootfs();
const watched: monitor.Monitor = monitor.monitor();
const mode: string = linux.readCgroupHost().mode;
export const all = [options, wrong, image, watched, mode, core.run, launch.runSteps];
`;
    const modules = {
      core: '@tc/core',
      launch: '@tc/core/launch',
      images: '@tc/images',
      monitor: '@tc/monitor',
      linux: '@tc/linux',
    };
    const each = (line: (name: string, id: string) => string) =>
      Object.entries(modules)
        .map(([name, id]) => line(name, id))
        .join('\n');
    write('use.mts', each((name, id) => `import * as ${name} from '${id}';`) + use);
    write('use.cts', each((name, id) => `import ${name} = require('${id}');`) + use);
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2024', 'esnext.disposable'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
    };
    write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['use.mts', 'use.cts'] }));
    const tsc = join(repository, 'node_modules/.bin/tsc');
    expectOutput(await startCommand([tsc], { cwd: project, env: installerEnvironment() }).ended, '');
  });
});

describe('the commands, installed with npm install --global', () => {
  let prefix: string;
  const installed = (executable: string, ...args: string[]) =>
    startCommand([executable, join(prefix, 'bin/tctl'), ...args], { cwd: '/', env: installerEnvironment() })
      .ended;

  beforeAll(async () => {
    prefix = newDirectory();
    const tarballs = [named('tctl').tarball, named('tc-runtime').tarball];
    await npmInstall(prefix, '--global', '--prefix', prefix, ...tarballs);
  }, scaled(240_000));

  it('are on the PATH, and run from any directory', async () => {
    const { version } = named('tctl').manifest;
    const env = { ...installerEnvironment(), PATH: `${join(prefix, 'bin')}:${process.env['PATH']}` };
    const { code, stdout } = await startCommand(['sh', '-c', 'tctl --version; tc-runtime --version'], {
      cwd: '/',
      env,
    }).ended;
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toContain(version);
    expect(stdout).toMatch(/^tc-runtime/m);
    expect(readFileSync(join(prefix, 'share/man/man1/tctl.1'), 'utf8')).toMatch(/^\.TH TCTL 1 /);
  });

  it('run by their absolute path without an environment but for where node is', async () => {
    const nodeOnly = newDirectory();
    symlinkSync(process.execPath, join(nodeOnly, 'node'));
    for (const [name, args] of [
      ['tctl', ['--version']],
      ['tc-runtime', ['--version']],
    ] as const) {
      const command = [join(prefix, 'bin', name), ...args];
      expect(await startCommand(command, { cwd: '/', env: { PATH: nodeOnly } }).ended).toMatchObject({
        code: 0,
        stderr: '',
      });
      // env(1) looks for node in the system's own directories then. What is there may be too old, and is told so.
      const { code, stdout, stderr } = await startCommand(command, { cwd: '/', env: {} }).ended;
      if (code !== 0)
        expect(stderr).toMatch(/^(\S+: needs Node\.js 22\.\d+ or newer, and this is v\d|\S*env: .*node)/);
      else expect(stdout).toContain(named(name).manifest.version);
    }
  });

  it('run containers, sample them, and unpack images: threads and native code are found', async () => {
    const archive = join(newDirectory(), 'a.tar');
    await startCommand(['tar', '-cf', archive, '-C', repository, 'LICENSE']).ended;
    for (const node of [process.execPath, oldest]) {
      expectOutput(await installed(node, 'run', 'host', 'echo', 'inside'), 'inside\n');
      expect(await installed(node, 'stats', '--no-stream')).toMatchObject({ code: 0, stderr: '' });
      expect(await installed(node, 'import', archive, 'packaged:2')).toMatchObject({ code: 0 });
      expect(await installed(node, 'rmi', 'packaged:2')).toMatchObject({ code: 0 });
    }
  });

  it('say which Node.js reads zstd, where theirs does not', async () => {
    const archive = join(newDirectory(), 'a.tar.zst');
    await startCommand(['tar', '--zstd', '-cf', archive, '-C', repository, 'LICENSE']).ended;
    const refused = await installed(oldest, 'import', archive, 'packaged:3');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/is compressed with zstd[\s\S]*22\.15/);
  });

  it('run a bundle of an engine', async () => {
    await using bundle = await makeBundle('echo "bundled, $$"');
    const command = [
      join(prefix, 'bin/tc-runtime'),
      '--root',
      stateRoot,
      'run',
      '--bundle',
      bundle.path,
      bundle.id,
    ];
    expect(await startCommand(command, { env: installerEnvironment() }).ended).toMatchObject({
      code: 0,
      stdout: 'bundled, 1\n',
    });
  });

  it('open the dashboard', async (context) => {
    await using terminal = await openTerminal(context);
    terminal.type(`${join(prefix, 'bin/tctl')} --demo`);
    await terminal.shows(/^ tctl demo \d+ containers /);
    terminal.press('q');
    await terminal.shows(/host>\s*$/);
  });
});
