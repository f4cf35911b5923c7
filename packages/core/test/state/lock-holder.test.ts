import { describe, expect, it } from 'vitest';
import { parseHolders } from '../../src/state/lock-holder.ts';

// As Linux 6.18 prints them, with two who wait.
const procLocks = `1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF
1: -> FLOCK  ADVISORY  WRITE 99 fe:00:5678 0 EOF
2: POSIX  ADVISORY  WRITE 77 fe:00:5678 0 EOF
3: FLOCK  ADVISORY  READ  4321 00:1b:18446744073709551615 0 EOF
4: FLOCK  ADVISORY  READ  4322 00:1b:18446744073709551615 0 EOF
`;

describe('the holders of an flock', () => {
  it('are those of that inode, and neither who waits nor who has another kind of lock', () => {
    expect(parseHolders(procLocks, 5678n)).toEqual([1234]);
  });

  it('may be several that share it, on an inode of 64 bits', () => {
    expect(parseHolders(procLocks, 18446744073709551615n)).toEqual([4321, 4322]);
  });

  it('are none where the kernel tells of none', () => {
    expect(parseHolders('', 5678n)).toEqual([]);
    expect(parseHolders(procLocks, 567n)).toEqual([]);
  });
});
