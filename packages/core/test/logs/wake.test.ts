import { describe, expect, it } from 'vitest';
import { Wake } from '../../src/logs/wake.ts';

describe('a wake-up call', () => {
  it('is not forgotten where nobody waits yet, and many are one', async () => {
    const wake = new Wake();
    wake.call();
    wake.call();
    await wake.wait();
    let woken = false;
    const waiting = wake.wait().then(() => {
      woken = true;
    });
    await new Promise(setImmediate);
    expect(woken).toBe(false);
    wake.call();
    await waiting;
    expect(woken).toBe(true);
  });
});
