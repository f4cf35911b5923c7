import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scaled } from '../support/scale.ts';
import { environment, repository, startCommand, tctlPath } from './support/command.ts';
import { create, makeBundle, stateRoot } from './support/oci.ts';
import { newDirectory } from './support/suite.ts';
import { until } from './support/until.ts';

const hook = fileURLToPath(new URL('support/modules.cjs', import.meta.url));
const ociRuntime = join(repository, 'apps/tc-runtime/bin/tc-runtime.cjs');

/** What a command loads, and what it reads: see the hook. */
async function loadedByCommand(command: readonly string[], extra: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const file = join(newDirectory(), 'modules');
  const env = environment({ ...extra, NODE_OPTIONS: `--require ${hook}`, MODULES_FILE: file });
  const { code, stderr } = await startCommand(command, { env }).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return readFileSync(file, 'utf8').split('\n');
}

const loadedBy = (...args: string[]) => loadedByCommand([tctlPath, ...args]);

async function succeed(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  expect(await startCommand([tctlPath, ...args], { env }).ended).toMatchObject({ code: 0, stderr: '' });
}

/** The bundles that were read, by their names. */
const bundlesOf = (loaded: readonly string[]) =>
  loaded.filter((line) => /^read .*\.bundle$/.test(line)).map((line) => basename(line, '.bundle'));

const network =
  /^NativeModule (node:)?(http|https|http2|dns|tls|_tls_\w+|_http_\w+|internal\/deps\/undici\/undici)$/;
const crypto = /^NativeModule (node:)?crypto$/;
const koffi = /^(?!read ).*koffi/;
/** The parts of Node.js that take the longest to load. */
const heavy = /^NativeModule (node:)?(net|tty|stream|child_process|worker_threads|fs\/promises)$/;
const matches = (loaded: readonly string[], ...patterns: RegExp[]) =>
  loaded.filter((line) => patterns.some((pattern) => pattern.test(line)));

describe('tctl', () => {
  it.each([[['--version']], [['--help']], [['run', '--help']]])(
    'loads neither koffi nor node:crypto to say something: %j',
    async (args) => {
      const loaded = await loadedBy(...args);
      expect(loaded).toContain('NativeModule fs');
      expect(matches(loaded, koffi, crypto)).toEqual([]);
    },
  );

  it.each([
    { args: ['--version'], bundles: ['tctl'] },
    { args: ['--help'], bundles: ['tctl', 'own'] },
    { args: ['ps'], bundles: ['tctl', 'ps'] },
  ])('loads nothing but its own bundle, and nothing of sockets, streams and threads: $args', async (each) => {
    const loaded = await loadedBy(...each.args);
    expect(bundlesOf(loaded)).toEqual(each.bundles);
    expect(matches(loaded, koffi, crypto, network, heavy)).toEqual([]);
  });

  it('reads one file of each container that was never started to list it', async () => {
    const env = environment({ TCTL_RUNTIME_DIR: newDirectory(), TCTL_DATA_DIR: newDirectory() });
    for (const name of ['a', 'b', 'c'])
      await succeed(['create', '--name', name, '--rootfs', '/', 'true'], env);
    const loaded = await loadedByCommand([tctlPath, 'ps', '-a'], env);
    expect(matches(loaded, /^read .*\/config\.json$/)).toHaveLength(3);
    const state = `read ${env['TCTL_RUNTIME_DIR']}/`;
    expect(loaded.filter((line) => line.startsWith(state))).toHaveLength(3);
    expect(bundlesOf(loaded)).toEqual(['tctl', 'ps']); // there is nothing to clean up
    await succeed(['rm', 'a', 'b', 'c'], env);
  });

  it('loads koffi, and not node:crypto, to run a container', async () => {
    const loaded = await loadedBy('run', 'host', 'true');
    expect(loaded.filter((name) => /koffi.*\.node$/.test(name)).length).toBeGreaterThan(0);
    expect(matches(loaded, crypto)).toEqual([]);
  });

  it.each([[['--version']], [['run', 'host', 'true']], [['demo']]])(
    'has nothing to talk to the network with: %j',
    async (args) => {
      expect(matches(await loadedBy(...args), network)).toEqual([]);
    },
  );

  it('has React in the bundle of the dashboard alone, and the pool of threads where something is sampled', () => {
    const having = (text: string) =>
      globSync(join(repository, 'apps/tctl/dist/*.bundle'))
        .filter((path) => readFileSync(path, 'latin1').includes(text))
        .map((path) => basename(path, '.bundle'))
        .sort();
    expect(having('react.')).toEqual(['dashboard']);
    expect(having('yoga')).toEqual(['dashboard']);
    expect(having('piscina')).toEqual(['dashboard', 'monitor']);
  });

  it('shows the hook that it would see all that, were it loaded', async () => {
    const file = join(newDirectory(), 'modules');
    const env = environment({ MODULES_FILE: file });
    const script =
      "for (const name of ['crypto', 'https', 'dns', 'tty', 'child_process']) require('node:' + name);" +
      `require('koffi'); require('node:fs').readFileSync('dist/tctl.bundle')`;
    const cwd = fileURLToPath(new URL('../../apps/tctl', import.meta.url));
    const { code } = await startCommand([process.execPath, '--require', hook, '-e', script], { env, cwd })
      .ended;
    expect(code).toBe(0);
    const loaded = readFileSync(file, 'utf8').split('\n');
    for (const pattern of [network, crypto, koffi, heavy]) expect(matches(loaded, pattern)).not.toEqual([]);
    expect(bundlesOf(loaded)).toEqual(['tctl']);
  });
});

describe('tc-runtime', () => {
  it.each([[['--version']], [['features']], [['list']]])(
    'loads neither koffi nor what it has no use for: %j',
    async (args) => {
      const loaded = await loadedByCommand([process.execPath, ociRuntime, '--root', newDirectory(), ...args]);
      expect(matches(loaded, koffi, crypto, network, heavy)).toEqual([]);
    },
  );

  it('loads koffi to make a container, and neither to start it, nor to look at it, nor to remove it', async () => {
    await using bundle = await makeBundle('exit 0');
    await create(bundle);
    const call = (...args: string[]) =>
      loadedByCommand([process.execPath, ociRuntime, '--root', stateRoot, ...args, bundle.id]);
    const loaded = [await call('state'), await call('start')];
    let status: unknown;
    await until(
      async () => {
        ({ status } = await bundle.state());
        return status === 'stopped';
      },
      () => `it is ${status}`,
      scaled(60_000),
    );
    loaded.push(await call('delete', '--force')); // of what runs it would send a signal
    expect(loaded.flatMap((each) => matches(each, koffi))).toEqual([]);
  });
});
