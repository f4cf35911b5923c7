import fc from 'fast-check';
import { expect, it } from 'vitest';
import { UsageError } from '../../src/cli/usage-error.ts';
import { compileTemplate } from '../../src/template/evaluate.ts';
import type { Struct } from '../../src/template/values.ts';

const data: Struct = {
  ID: 'a',
  List: ['x', 1, { Name: 'b' }],
  Map: new Map([['k', 'v']]),
  Below: { Deep: { Number: 5 } },
  Label: (key) => key,
};

const words = [
  ...['{{', '}}', '{{-', '-}}', '(', ')', '|', ',', ':=', '"', '`', '\\', '.', '$', ' ', '\n', '/*', '*/'],
  ...[
    'if',
    'else',
    'else if',
    'end',
    'range',
    'with',
    'json',
    'join',
    'len',
    'index',
    'printf',
    'and',
    'slice',
  ],
  ...[
    '.ID',
    '.List',
    '.Map',
    '.Map.k',
    '.Below.Deep.Number',
    '.Label',
    '$x',
    '$x :=',
    '"%s"',
    '"%99d"',
    '1',
    '-1',
    'nil',
  ],
  ...['{{.ID}}', '{{range .List}}', '{{end}}', '{{if .ID}}', '{{else}}', '.__proto__', '.constructor'],
];
const template = fc
  .array(
    fc.oneof(
      fc.constantFrom(...words),
      fc.string({ maxLength: 6 }),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join(''));

it('templates of any kind are filled, or refused with a sentence', () => {
  fc.assert(
    fc.property(template, (text) => {
      try {
        expect(typeof compileTemplate(text)(data)).toBe('string');
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        expect(error.message).toMatch(/^--format: ./);
      }
    }),
    { numRuns: 20_000 },
  );
});

const field = fc.constantFrom('.ID', '.Below.Deep.Number', '.Map.k', '(index .List 0)', '"text"', '5');
const pipe = fc.constantFrom('', ' | json', ' | printf "%v"', ' | print', ' | json | upper');

it('templates that make sense are filled', () => {
  const good = fc.array(
    fc.tuple(field, pipe).map(([value, rest]) => `{{${value}${rest}}}`),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(good, (parts) => {
      expect(compileTemplate(parts.join(' '))(data)).not.toContain('{{');
    }),
    { numRuns: 2000 },
  );
});
