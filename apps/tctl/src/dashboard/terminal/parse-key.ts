import type { KeyEvent } from './events.ts';

export function keyOf(name: string, text = ''): KeyEvent {
  return { kind: 'key', name, text };
}

const named: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\0': 'ctrl+space',
  '\x1c': 'ctrl+\\',
  '\x1d': 'ctrl+]',
  '\x1e': 'ctrl+^',
  '\x1f': 'ctrl+_',
};

/** A key that sends one character. Control with a letter sends the letter's place in the alphabet: ascii(7). */
export function singleKey(character: string): KeyEvent {
  const name = named[character];
  if (name !== undefined) return keyOf(name);
  const code = character.codePointAt(0) ?? 0;
  if (code < 32) return keyOf(`ctrl+${String.fromCharCode(code + 96)}`);
  if (character === ' ') return keyOf('space', ' ');
  return keyOf(character, code >= 0x80 && code < 0xa0 ? '' : character);
}
