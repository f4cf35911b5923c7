/** A template as a tree. */
import { type Piece, pieces, type Token } from './lexer.ts';
import { TemplateError } from './template-error.ts';

export type Operand =
  | { readonly kind: 'field'; readonly path: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: 'constant'; readonly value: string | number | boolean | undefined }
  /** In parentheses; `path` is what follows them. */
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline; readonly path: readonly string[] };

/** A function and what it is given, or one operand. */
export interface Call {
  readonly name: string | undefined;
  readonly operands: readonly Operand[];
}

export type Pipeline = readonly [Call, ...Call[]];

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipeline: Pipeline }
  | { readonly kind: 'set'; readonly name: string; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if' | 'with';
      readonly pipeline: Pipeline;
      readonly then: Nodes;
      readonly otherwise: Nodes;
    }
  | {
      readonly kind: 'range';
      /** None, `$value`, or `$index, $value`. */
      readonly variables: readonly string[];
      readonly pipeline: Pipeline;
      readonly then: Nodes;
      readonly otherwise: Nodes;
    };

export type Nodes = readonly Node[];

/** Deeper ones are no templates that a person writes. */
const deepest = 100;

/** @throws TemplateError */
export function parseTemplate(template: string): Nodes {
  const parser = new Parser(pieces(template));
  const nodes = parser.nodes(0);
  const extra = parser.closing;
  if (extra !== undefined) throw new TemplateError(`{{${extra}}} closes nothing`);
  return nodes;
}

class Parser {
  readonly #pieces: readonly Piece[];
  #at = 0;
  /** `end` or `else...`: what the last list of nodes ended with. */
  closing: string | undefined;

  constructor(found: readonly Piece[]) {
    this.#pieces = found;
  }

  nodes(depth: number): Nodes {
    if (depth > deepest) throw new TemplateError('it is nested too deeply');
    const found: Node[] = [];
    for (let piece = this.#pieces[this.#at]; piece !== undefined; piece = this.#pieces[this.#at]) {
      this.#at += 1;
      if (piece.kind === 'text') found.push(piece);
      else {
        const [first, ...rest] = piece.tokens;
        const word = first?.kind === 'word' ? first.value : undefined;
        if (word === 'end' || word === 'else') {
          this.closing = piece.source;
          return found;
        }
        if (word === 'if' || word === 'with' || word === 'range') found.push(this.#block(word, rest, depth));
        else found.push(action(piece.tokens));
      }
    }
    this.closing = undefined;
    return found;
  }

  #block(word: 'if' | 'with' | 'range', tokens: readonly Token[], depth: number): Node {
    const then = this.nodes(depth + 1);
    const otherwise = this.#otherwise(depth);
    if (word !== 'range') return { kind: word, pipeline: pipelineOf(tokens), then, otherwise };
    const assignment = tokens.findIndex(({ kind }) => kind === ':=');
    const variables = tokens
      .slice(0, Math.max(assignment, 0))
      .flatMap((token) => (token.kind === 'variable' ? [token.name] : []));
    return { kind: word, variables, pipeline: pipelineOf(tokens.slice(assignment + 1)), then, otherwise };
  }

  /** After the first part of a block. */
  #otherwise(depth: number): Nodes {
    const closing = this.closing;
    if (closing === 'end') return [];
    if (closing === undefined) throw new TemplateError('{{if}}, {{with}} or {{range}} has no {{end}}');
    const condition = /^else\s+if\b(.*)$/s.exec(closing)?.[1];
    if (condition !== undefined) {
      const [inner] = pieces(`{{${condition}}}`);
      const tokens = inner?.kind === 'action' ? inner.tokens : [];
      return [this.#block('if', tokens, depth + 1)];
    }
    if (closing !== 'else') throw new TemplateError(`{{${closing}}}: after else comes if, or nothing`);
    const otherwise = this.nodes(depth + 1);
    if (this.closing !== 'end') throw new TemplateError('{{else}} has no {{end}}');
    return otherwise;
  }
}

function action(tokens: readonly Token[]): Node {
  const [first, second, ...rest] = tokens;
  if (first?.kind === 'variable' && second?.kind === ':=')
    return { kind: 'set', name: first.name, pipeline: pipelineOf(rest) };
  return { kind: 'print', pipeline: pipelineOf(tokens) };
}

function pipelineOf(tokens: readonly Token[], depth = 0): Pipeline {
  if (depth > deepest) throw new TemplateError('it is nested too deeply');
  const calls: Call[] = [];
  for (const part of split(tokens)) calls.push(callOf(part, depth));
  const [first, ...more] = calls;
  if (first === undefined) throw new TemplateError('{{}} is empty');
  return [first, ...more];
}

/** At each | that is in no parentheses. */
function split(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === '(') depth += 1;
    if (token.kind === ')') depth -= 1;
    if (depth < 0) throw new TemplateError(') closes nothing');
    if (token.kind === '|' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  if (depth > 0) throw new TemplateError('( has no )');
  if (tokens.length > 0 && parts.some((part) => part.length === 0))
    throw new TemplateError('| has nothing on one side');
  return tokens.length === 0 ? [] : parts;
}

const constants: Readonly<Record<string, boolean | undefined>> = { true: true, false: false, nil: undefined };

function callOf(tokens: readonly Token[], depth: number): Call {
  const [first] = tokens;
  const isCall = first?.kind === 'word' && !Object.hasOwn(constants, first.value);
  const name = isCall ? first.value : undefined;
  const operands: Operand[] = [];
  for (let at = isCall ? 1 : 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token?.kind === '(') {
      const end = closing(tokens, at);
      const next = tokens[end + 1];
      const path = next?.kind === 'field' && next.isAttached ? next.path : undefined;
      const pipeline = pipelineOf(tokens.slice(at + 1, end), depth + 1);
      operands.push({ kind: 'pipeline', pipeline, path: path ?? [] });
      at = path === undefined ? end : end + 1;
    } else operands.push(operandOf(token));
  }
  if (name === undefined && operands.length !== 1 && operands[0]?.kind !== 'field')
    throw new TemplateError('only a function takes what follows it');
  return { name, operands };
}

function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (tokens[at]?.kind === '(') depth += 1;
    if (tokens[at]?.kind === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length;
}

function operandOf(token: Token | undefined): Operand {
  if (token?.kind === 'field') return { kind: 'field', path: token.path };
  if (token?.kind === 'variable') return token;
  if (token?.kind === 'string' || token?.kind === 'number') return { kind: 'constant', value: token.value };
  if (token?.kind === 'word' && Object.hasOwn(constants, token.value))
    return { kind: 'constant', value: constants[token.value] };
  const what = token === undefined ? 'nothing' : token.kind === 'word' ? token.value : token.kind;
  throw new TemplateError(`${what} can't stand there`);
}
