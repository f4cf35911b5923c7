import { describe, expect, it } from 'vitest';
import { clipboardDoubt, clipboardSequence } from '../../../src/dashboard/terminal/clipboard.ts';

const plain = `\x1b]52;c;${Buffer.from('ü id').toString('base64')}\x07`;

describe('the clipboard', () => {
  it('is set by OSC 52', () => {
    expect(clipboardSequence('ü id', {})).toBe(plain);
  });

  it('is set in tmux, and around it', () => {
    const inner = plain.replaceAll('\x1b', '\x1b\x1b');
    expect(clipboardSequence('ü id', { TMUX: '/tmp/x' })).toBe(`${plain}\x1bPtmux;${inner}\x1b\\`);
  });

  it('is set through screen in pieces that it takes', () => {
    const text = clipboardSequence('x'.repeat(3000), { STY: '1.pts' });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
    const pieces = [...text.matchAll(/\x1bP(.*?)\x1b\\/gs)].map(([, piece = '']) => piece);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(700);
    expect(pieces.join('')).toBe(clipboardSequence('x'.repeat(3000), {}));
  });

  it.each([
    [{ TMUX: '/x' }, /set-clipboard on/],
    [{ TERM: 'linux' }, /console/],
    [{ VTE_VERSION: '7600' }, /GNOME/],
    [{ TERM_PROGRAM: 'Apple_Terminal' }, /Terminal\.app/],
  ])('may not be set with %j, which is said', (env, doubt) => {
    expect(clipboardDoubt(env)).toMatch(doubt);
  });

  it('is not doubted elsewhere', () => {
    expect(clipboardDoubt({ TERM: 'xterm-kitty' })).toBeUndefined();
  });
});
