import { UsageError } from '../cli/usage-error.ts';

export const defaultDetachKeys = 'ctrl-p,ctrl-q';

/**
 * `ctrl-p,ctrl-q` as the bytes of these keys. An empty text is no keys: nothing detaches then.
 * @throws UsageError
 */
export function parseDetachKeys(text: string): Uint8Array {
  return Uint8Array.from(text === '' ? [] : text.split(','), (key) => byteOf(key, text));
}

function byteOf(key: string, text: string): number {
  if (/^[\x21-\x7e]$/.test(key)) return key.charCodeAt(0);
  if (key === 'DEL') return 0x7f;
  // ascii(7): Control takes the two upper bits from a character of the columns from @ on.
  const control = /^ctrl-([a-zA-Z@[\\\]^_])$/.exec(key)?.[1];
  if (control !== undefined) return control.toUpperCase().charCodeAt(0) & 0x1f;
  const hint = 'Write keys with a comma between them: ctrl-LETTER, a character, DEL.';
  throw new UsageError(`--detach-keys knows no ${JSON.stringify(key)} (in ${JSON.stringify(text)})`, hint);
}
