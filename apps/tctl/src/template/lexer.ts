/** Go's templates, text/template, as far as users of `docker --format` know them: a text cut into tokens. */
import { TemplateError } from './template-error.ts';

export type Token =
  /** `isAttached`: it stands right behind a parenthesis, whose value it is a field of. */
  | { readonly kind: 'field'; readonly path: readonly string[]; readonly isAttached: boolean }
  | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'word'; readonly value: string }
  | { readonly kind: '|' | '(' | ')' | ',' | ':=' };

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly source: string; readonly tokens: readonly Token[] };

/** @throws TemplateError */
export function pieces(template: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  let trimsNext = false;
  while (at <= template.length) {
    const open = template.indexOf('{{', at);
    let text = template.slice(at, open === -1 ? undefined : open);
    if (trimsNext) text = text.trimStart();
    const trimsBefore = open !== -1 && /^\{\{-\s/.test(template.slice(open, open + 4));
    if (trimsBefore) text = text.trimEnd();
    if (text !== '') found.push({ kind: 'text', text });
    if (open === -1) break;
    const begin = open + (trimsBefore ? 3 : 2);
    const close = endOfAction(template, begin);
    if (close === -1) throw new TemplateError('{{ has no }}');
    let source = template.slice(begin, close);
    trimsNext = /\s-$/.test(source);
    if (trimsNext) source = source.slice(0, -1);
    at = close + 2;
    if (/^\s*\/\*[\s\S]*\*\/\s*$/.test(source)) continue;
    found.push({ kind: 'action', source: source.trim(), tokens: tokens(source) });
  }
  return found;
}

/** Braces in texts do not count. */
function endOfAction(template: string, begin: number): number {
  let quote = '';
  for (let at = begin; at < template.length; at += 1) {
    const character = template[at] ?? '';
    if (quote !== '') {
      if (character === '\\' && quote === '"') at += 1;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === '`') quote = character;
    else if (template.startsWith('}}', at)) return at;
  }
  return -1;
}

const path = String.raw`(?:\.[\p{L}_][\p{L}\p{N}_]*)+|\.`;
const token = new RegExp(
  [
    String.raw`(?<blank>\s+)`,
    String.raw`(?<string>"(?:[^"\\\n]|\\.)*")`,
    '(?<raw>`[^`]*`)',
    String.raw`(?<number>[+-]?\d+(?:\.\d+)?)(?![\p{L}_.])`,
    String.raw`\$(?<variable>[\p{L}\p{N}_]*)(?<below>(?:\.[\p{L}_][\p{L}\p{N}_]*)*)`,
    `(?<field>${path})`,
    String.raw`(?<word>[\p{L}_][\p{L}\p{N}_]*)`,
    '(?<sign>:=|[|(),])',
  ].join('|'),
  'uy',
);

function tokens(source: string): Token[] {
  const found: Token[] = [];
  token.lastIndex = 0;
  let at = 0;
  while (at < source.length) {
    token.lastIndex = at;
    const groups = token.exec(source)?.groups;
    if (groups === undefined)
      throw new TemplateError(`what is ${JSON.stringify(source.slice(at, at + 12))}?`);
    at = token.lastIndex;
    if (groups['blank'] !== undefined) continue;
    const next = tokenOf(groups);
    const isAttached = next.kind === 'field' && source[at - (groups['field']?.length ?? 0) - 1] === ')';
    found.push(next.kind === 'field' ? { ...next, isAttached } : next);
  }
  return found;
}

function tokenOf(groups: Readonly<Record<string, string | undefined>>): Token {
  const { string, raw, number, variable, below = '', field, word, sign } = groups;
  if (string !== undefined) return { kind: 'string', value: unquoted(string) };
  if (raw !== undefined) return { kind: 'string', value: raw.slice(1, -1) };
  if (number !== undefined) return { kind: 'number', value: Number(number) };
  if (variable !== undefined) return { kind: 'variable', name: variable, path: names(below) };
  if (field !== undefined) return { kind: 'field', path: names(field), isAttached: false };
  if (word !== undefined) return { kind: 'word', value: word };
  return { kind: sign as '|' };
}

const names = (text: string): string[] => text.split('.').filter((name) => name !== '');

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };

/** @throws TemplateError */
function unquoted(text: string): string {
  return text.slice(1, -1).replaceAll(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/g, (_, sequence: string) => {
    if (sequence.length > 1) return String.fromCharCode(Number.parseInt(sequence.slice(1), 16));
    const character = escapes[sequence];
    if (character === undefined) throw new TemplateError(`\\${sequence} is no escape`);
    return character;
  });
}
