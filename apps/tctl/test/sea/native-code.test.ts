import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadNativeCode, throughPrivateDirectory, throughUnnamedFile } from '../../src/sea/native-code.ts';

const bytes = Buffer.from('native code');
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'native-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('native code that is in no file', () => {
  it('is put into one without a name', () => {
    const descriptor = throughUnnamedFile(directory, bytes, (path) => {
      expect(readdirSync(directory)).toEqual([]);
      expect(readFileSync(path)).toEqual(bytes);
      expect(readlinkSync(path)).toMatch(/ \(deleted\)$/);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      return path;
    });
    expect(() => readlinkSync(descriptor)).toThrow('ENOENT');
  });

  it('or into a directory of its own, which only its owner may enter, and which goes at once', () => {
    const paths = [1, 2].map(() =>
      throughPrivateDirectory(directory, bytes, (path) => {
        expect(readFileSync(path)).toEqual(bytes);
        expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
        return path;
      }),
    );
    expect(paths[0]).not.toBe(paths[1]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('leaves nothing where it cannot be used', () => {
    const fail = () => {
      throw new Error('refused');
    };
    for (const place of [throughUnnamedFile, throughPrivateDirectory])
      expect(() => place(directory, bytes, fail)).toThrow('refused');
    expect(readdirSync(directory)).toEqual([]);
    expect(() => loadNativeCode(bytes, [directory])).toThrow(
      expect.objectContaining({ code: 'NATIVE_CODE_NOT_LOADED' }),
    );
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is loaded from the first directory that takes it', () => {
    const linux = createRequire(new URL('../../../../packages/linux/package.json', import.meta.url));
    const name = `@koromix/koffi-linux-${process.arch}`;
    const koffi = dirname(createRequire(linux.resolve('koffi')).resolve(`${name}/package.json`));
    const code = readFileSync(join(koffi, `linux_${process.arch}/koffi.node`));
    const loaded = loadNativeCode(code, [join(directory, 'missing'), directory]) as { load: unknown };
    expect(typeof loaded.load).toBe('function');
    expect(readdirSync(directory)).toEqual([]);
  });
});
