/** A template and what it is about, as text. */
import { nearest } from '../cli/nearest.ts';
import { functions } from './functions.ts';
import { type Nodes, type Operand, type Pipeline, parseTemplate } from './parser.ts';
import { TemplateError } from './template-error.ts';
import { isStruct, isTrue, type Struct, textOf, type Value } from './values.ts';

interface Scope {
  /** What a lone dot is. */
  readonly dot: Value;
  readonly variables: ReadonlyMap<string, Value>;
}

/** @returns what makes a text of each @throws TemplateError, now for what is no template, then for what does not fit */
export function compileTemplate(template: string): (data: Value) => string {
  const nodes = parseTemplate(template);
  return (data) => evaluate(nodes, { dot: data, variables: new Map([['', data]]) });
}

function evaluate(nodes: Nodes, outer: Scope): string {
  let scope = outer;
  let text = '';
  for (const node of nodes) {
    if (node.kind === 'text') text += node.text;
    else if (node.kind === 'print') text += textOf(resultOf(node.pipeline, scope));
    else if (node.kind === 'set') {
      const variables = new Map(scope.variables).set(node.name, resultOf(node.pipeline, scope));
      scope = { ...scope, variables };
    } else if (node.kind === 'range') text += evaluateRange(node, scope);
    else {
      const value = resultOf(node.pipeline, scope);
      const inner = node.kind === 'with' ? { ...scope, dot: value } : scope;
      text += isTrue(value) ? evaluate(node.then, inner) : evaluate(node.otherwise, scope);
    }
  }
  return text;
}

function evaluateRange(node: Nodes[number] & { kind: 'range' }, scope: Scope): string {
  const entries = entriesOf(resultOf(node.pipeline, scope));
  if (entries.length === 0) return evaluate(node.otherwise, scope);
  const [first, second] = node.variables;
  return entries
    .map(([key, value]) => {
      const variables = new Map(scope.variables);
      if (first !== undefined) variables.set(first, second === undefined ? value : key);
      if (second !== undefined) variables.set(second, value);
      return evaluate(node.then, { dot: value, variables });
    })
    .join('');
}

/** Of a map by its keys, as Go has it. */
function entriesOf(value: Value): [Value, Value][] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map((each, index) => [index, each]);
  if (value instanceof Map) return [...value].toSorted(([a], [b]) => (a < b ? -1 : 1));
  throw new TemplateError(`range goes over lists, not over ${JSON.stringify(textOf(value)).slice(0, 40)}`);
}

function resultOf(pipeline: Pipeline, scope: Scope): Value {
  let piped: Value[] = [];
  let value: Value;
  for (const { name, operands } of pipeline) {
    const given = [...operands.map((operand) => operandValue(operand, scope)), ...piped];
    if (name === undefined && piped.length > 0) throw new TemplateError('| leads to a function');
    value = name === undefined ? method(given) : call(name, given);
    piped = [value];
  }
  return value;
}

/** A value, or what is given to one that takes something: `.Label "key"`. */
function method([value, ...given]: readonly Value[]): Value {
  if (typeof value === 'function') return value(textOf(given[0]));
  if (given.length > 0) throw new TemplateError('only a function takes what follows it');
  return value;
}

function call(name: string, given: readonly Value[]): Value {
  const act = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (act !== undefined) return act(...given);
  const near = nearest(name, Object.keys(functions));
  throw new TemplateError(
    `there is no function ${name}`,
    near === undefined ? `There are ${Object.keys(functions).join(', ')}.` : `Did you mean ${near}?`,
  );
}

function operandValue(operand: Operand, scope: Scope): Value {
  switch (operand.kind) {
    case 'constant':
      return operand.value;
    case 'field':
      return follow(scope.dot, operand.path);
    case 'pipeline':
      return follow(resultOf(operand.pipeline, scope), operand.path);
    case 'variable':
      if (scope.variables.has(operand.name)) return follow(scope.variables.get(operand.name), operand.path);
      throw new TemplateError(`$${operand.name} is not set`);
  }
}

function follow(start: Value, path: readonly string[]): Value {
  let value = start;
  for (const name of path) value = fieldOf(value, name);
  return value;
}

function fieldOf(value: Value, name: string): Value {
  if (value instanceof Map) return value.get(name);
  if (value === undefined || value === null) return undefined;
  if (!isStruct(value))
    throw new TemplateError(`.${name}: that is no object, but ${JSON.stringify(textOf(value))}`);
  if (Object.hasOwn(value, name)) return value[name];
  throw unknownField(value, name);
}

function unknownField(value: Struct, name: string): TemplateError {
  const names = Object.keys(value);
  const near = names.find((each) => each.toLowerCase() === name.toLowerCase()) ?? nearest(name, names);
  return new TemplateError(
    `there is no .${name}`,
    near === undefined ? `There are ${names.map((each) => `.${each}`).join(' ')}` : `Did you mean .${near}?`,
  );
}
