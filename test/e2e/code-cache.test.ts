/** A package from a registry comes without code caches: where Node.js keeps what it compiles then, and where not. */
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { environment, repository, startCommand } from './support/command.ts';
import { newDirectory } from './support/suite.ts';

let program: string;

beforeAll(() => {
  const [app, copy] = [join(repository, 'apps/tctl'), newDirectory()];
  for (const each of ['bin', 'dist']) {
    const filter = (path: string) => statSync(path).isDirectory() || /\.cjs$|\.bundle$/.test(path);
    cpSync(join(app, each), join(copy, each), { recursive: true, filter });
  }
  symlinkSync(join(app, 'node_modules'), join(copy, 'node_modules'));
  program = join(copy, 'bin/tctl.cjs');
});

/** What Node.js says of its compile cache, of which NODE_DEBUG_NATIVE=COMPILE_CACHE makes it speak. */
async function ps(dataDirectory: string): Promise<string> {
  const env = environment({ TCTL_DATA_DIR: dataDirectory, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' });
  const { code, stdout, stderr } = await startCommand([process.execPath, program, 'ps'], { env }).ended;
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('CONTAINER ID') });
  return stderr;
}

const codeIn = (directory: string) => readdirSync(join(directory, 'code'), { recursive: true });

describe('what Node.js has compiled', () => {
  it('is kept in the data directory, for its owner alone, and used the next time', async () => {
    const data = newDirectory();
    expect(await ps(data)).not.toContain('was accepted');
    expect(statSync(join(data, 'code')).mode & 0o777).toBe(0o700);
    expect(codeIn(data).length).toBeGreaterThanOrEqual(3); // its directory, tctl.bundle and ps.bundle
    expect(await ps(data)).toMatch(/ps\.bundle was accepted/);
  });

  it('is kept nowhere where there is no data directory yet', async () => {
    const data = join(newDirectory(), 'none');
    expect(await ps(data)).not.toContain('ps.bundle');
    expect(existsSync(data)).toBe(false);
  });

  it.each([
    { whose: 'that anybody can write', spoil: (directory: string) => chmodSync(directory, 0o777) },
    { whose: 'of somebody else', spoil: (directory: string) => chownSync(directory, 65_534, 65_534) },
  ])('is neither kept nor looked for in a directory $whose', async ({ spoil }) => {
    const [inside, around] = [newDirectory(), newDirectory()];
    mkdirSync(join(inside, 'code'));
    spoil(join(inside, 'code'));
    spoil(around);
    expect(await ps(inside)).not.toContain('ps.bundle');
    expect(codeIn(inside)).toEqual([]);
    expect(await ps(around)).not.toContain('ps.bundle');
    expect(existsSync(join(around, 'code'))).toBe(false);
  });
});
