import { describe, expect, it } from 'vitest';
import { parseSignal } from '../../src/cli/signals.ts';
import { refusal } from '../support/refusal.ts';

describe('a signal', () => {
  it.each([
    ['SIGTERM', 'SIGTERM'],
    ['term', 'SIGTERM'],
    ['Usr1', 'SIGUSR1'],
    ['9', 'SIGKILL'],
    ['15', 'SIGTERM'],
  ])('%s', (text, signal) => {
    expect(parseSignal('signal', text)).toBe(signal);
  });

  it.each(['', 'SIG', 'nosuch', '0', '99', '-9', 'constructor'])('is none: %j', (text) => {
    expect(refusal(() => parseSignal('signal', text)).message).toBe(
      `--signal takes a signal, not ${JSON.stringify(text)}`,
    );
  });
});
