import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { absoluteOptions } from '../../src/container/absolute-options.ts';

const command = ['true'];

describe('options that are kept', () => {
  it('have absolute paths', () => {
    expect(absoluteOptions({ command, rootfs: 'root' }).rootfs).toBe(resolve('root'));
    expect(
      absoluteOptions({ command, rootfs: { path: ['a', '/b'], mode: 'overlay', upper: { path: 'u' } } })
        .rootfs,
    ).toEqual({ path: [resolve('a'), '/b'], mode: 'overlay', upper: { path: resolve('u') } });
  });

  it('have mounts with absolute sources, and volumes by name', () => {
    const mounts = [
      './data:/data:ro',
      '/srv:/srv',
      'volume:/v',
      'no-mount',
      { source: 'src', target: '/src' },
      { type: 'volume', source: 'cache', target: '/cache' },
      { type: 'tmpfs', target: '/t', size: '1m' },
    ] as const;
    expect(absoluteOptions({ command, rootfs: '/', mounts }).mounts).toEqual([
      `${resolve('data')}:/data:ro`,
      '/srv:/srv',
      'volume:/v',
      'no-mount',
      { source: resolve('src'), target: '/src' },
      { type: 'volume', source: 'cache', target: '/cache' },
      { type: 'tmpfs', target: '/t', size: '1m' },
    ]);
  });

  it('are what JSON gives back: without the name, which can change, and what is undefined', () => {
    const kept = absoluteOptions({ command, rootfs: '/', name: 'web', env: { A: 'b', C: undefined } });
    expect(kept).toEqual({ command, rootfs: '/', env: { A: 'b' } });
    expect(Object.keys(kept)).not.toContain('name');
  });
});
