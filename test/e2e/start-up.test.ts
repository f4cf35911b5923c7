import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { environment, startCommand, tctlPath } from './support/command.ts';
import { newDirectory } from './support/suite.ts';

const hook = fileURLToPath(new URL('support/modules.cjs', import.meta.url));

/** What a call of tctl loads: built-in modules, files and shared objects. */
async function loadedBy(...args: string[]): Promise<string[]> {
  const file = join(newDirectory(), 'modules');
  const env = environment({ NODE_OPTIONS: `--require ${hook}`, MODULES_FILE: file });
  const { code, stderr } = await startCommand([tctlPath, ...args], { env }).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return readFileSync(file, 'utf8').split('\n');
}

const network =
  /^NativeModule (node:)?(http|https|http2|dns|tls|_tls_\w+|_http_\w+|internal\/deps\/undici\/undici)$/;
const crypto = /^NativeModule (node:)?crypto$/;
const koffi = /koffi/;

describe('tctl', () => {
  it.each([[['--version']], [['--help']], [['run', '--help']]])(
    'loads neither koffi nor node:crypto to say something: %j',
    async (args) => {
      const loaded = await loadedBy(...args);
      expect(loaded).toContain('NativeModule fs');
      expect(loaded.filter((name) => koffi.test(name) || crypto.test(name))).toEqual([]);
    },
  );

  it('loads koffi, and not node:crypto, to run a container', async () => {
    const loaded = await loadedBy('run', 'host', 'true');
    expect(loaded.filter((name) => /koffi.*\.node$/.test(name)).length).toBeGreaterThan(0);
    expect(loaded.filter((name) => crypto.test(name))).toEqual([]);
  });

  it.each([[['--version']], [['run', 'host', 'true']], [['demo']]])(
    'has nothing to talk to the network with: %j',
    async (args) => {
      expect((await loadedBy(...args)).filter((name) => network.test(name))).toEqual([]);
    },
  );

  it('shows the hook that it would see all that, were it loaded', async () => {
    const file = join(newDirectory(), 'modules');
    const env = environment({ MODULES_FILE: file });
    const script = "require('node:crypto'); require('node:https'); require('node:dns'); require('koffi')";
    const cwd = fileURLToPath(new URL('../../apps/tctl', import.meta.url));
    const { code } = await startCommand([process.execPath, '--require', hook, '-e', script], { env, cwd })
      .ended;
    expect(code).toBe(0);
    const loaded = readFileSync(file, 'utf8').split('\n');
    for (const pattern of [network, crypto, koffi])
      expect(loaded.some((name) => pattern.test(name))).toBe(true);
  });
});
