import { describe, expect, it } from 'vitest';
import { memorySize, transferSize } from '../../src/cli/sizes.ts';

describe('sizes', () => {
  it('are as Docker prints those of memory', () => {
    const printed = [0, 1023, 1024, 47_513_000, 64 << 20, 2 ** 30 * 15.55, 2 ** 40, 1048575].map(memorySize);
    expect(printed).toEqual(['0B', '1023B', '1KiB', '45.31MiB', '64MiB', '15.55GiB', '1TiB', '1MiB']);
  });

  it('are as Docker prints what was transferred', () => {
    const printed = [0, 999, 1000, 1449, 999_999, 12_345_678, 1e21].map(transferSize);
    expect(printed).toEqual(['0B', '999B', '1kB', '1.45kB', '1MB', '12.3MB', '1000EB']);
  });
});
