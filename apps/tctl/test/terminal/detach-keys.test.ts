import { DetachKeys } from '@tc/core/terminal';
import { describe, expect, it } from 'vitest';
import { defaultDetachKeys, parseDetachKeys } from '../../src/terminal/detach-keys.ts';
import { refusal } from '../support/refusal.ts';

/** What passes of each piece that is typed; an exclamation mark where the keys were found. */
function typed(keys: string, ...pieces: string[]): string[] {
  const parser = new DetachKeys(parseDetachKeys(keys));
  return pieces.map((piece) => {
    const { pass, detach } = parser.push(Buffer.from(piece, 'latin1'));
    return Buffer.from(pass).toString('latin1') + (detach ? '!' : '');
  });
}

describe('--detach-keys', () => {
  it.each([
    [defaultDetachKeys, [0x10, 0x11]],
    ['ctrl-a', [1]],
    ['ctrl-Z,ctrl-@,ctrl-[', [26, 0, 27]],
    ['ctrl-\\,ctrl-],ctrl-^,ctrl-_', [28, 29, 30, 31]],
    ['a,~,DEL', [0x61, 0x7e, 0x7f]],
    ['', []],
  ])('%j are the bytes %j', (text, bytes) => {
    expect([...parseDetachKeys(text)]).toEqual(bytes);
  });

  it.each(['ctrl-', 'ctrl-1', 'ctrl-ab', 'ab', 'ctrl-p,,ctrl-q', 'é', 'alt-x', ' '])(
    '%j are none',
    (text) => {
      expect(refusal(() => parseDetachKeys(text))).toEqual({
        message: expect.stringMatching(/^--detach-keys knows no "/),
        hint: expect.stringMatching(/ctrl-LETTER/),
      });
    },
  );
});

describe('what is typed', () => {
  it('passes as it is where the keys are not in it', () => {
    expect(typed(defaultDetachKeys, 'ls -l\r', '\x1b[A', '\x00\xff')).toEqual([
      'ls -l\r',
      '\x1b[A',
      '\x00\xff',
    ]);
  });

  it('detaches with the keys, at once or one by one', () => {
    expect(typed(defaultDetachKeys, 'a\x10\x11')).toEqual(['a!']);
    expect(typed(defaultDetachKeys, '\x10', '\x11')).toEqual(['', '!']);
    expect(typed('ctrl-x', 'abc\x18def')).toEqual(['abc!']);
  });

  it('is held back while it may become the keys, and passed on where it does not', () => {
    expect(typed(defaultDetachKeys, '\x10', 'x')).toEqual(['', '\x10x']);
    expect(typed(defaultDetachKeys, '\x10', '\x10', 'x')).toEqual(['', '\x10', '\x10x']);
    expect(typed(defaultDetachKeys, '\x10\x10\x11')).toEqual(['\x10!']);
    expect(typed('a,b,c', 'ababc')).toEqual(['ab!']);
    expect(typed('a,a,b', 'aaab')).toEqual(['a!']);
    expect(typed('a,b,a,b,c', 'ababababc')).toEqual(['abab!']);
  });

  it('passes where there are no keys', () => {
    expect(typed('', '\x10\x11')).toEqual(['\x10\x11']);
  });

  it('loses nothing and finds the keys wherever the pieces end', () => {
    const text = 'x\x10y\x10\x10z\x10\x11';
    for (let cut = 0; cut <= text.length; cut += 1)
      expect(typed(defaultDetachKeys, text.slice(0, cut), text.slice(cut)).join('')).toBe('x\x10y\x10\x10z!');
  });
});
