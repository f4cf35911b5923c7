import { describe, expect, it } from 'vitest';
import { hasColour } from '../../src/cli/colour.ts';

describe('colour', () => {
  it.each([
    ['on a terminal', {}, true, true],
    ['not into a file', {}, false, false],
    ['not where the terminal is dumb', { TERM: 'dumb' }, true, false],
    ['not against NO_COLOR', { NO_COLOR: '1' }, true, false],
    ['not against NO_COLOR, whatever FORCE_COLOR says', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['with an empty NO_COLOR, as no-color.org has it', { NO_COLOR: '' }, true, true],
    ['with FORCE_COLOR into a file', { FORCE_COLOR: '1' }, false, true],
    ['with FORCE_COLOR on a dumb terminal', { FORCE_COLOR: '3', TERM: 'dumb' }, true, true],
    ['not with FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
  ])('is there %s', (_, env, isTerminal, expected) => {
    expect(hasColour(1, env, isTerminal)).toBe(expected);
  });
});
