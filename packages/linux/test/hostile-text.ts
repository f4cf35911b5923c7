import fc from 'fast-check';
import { expect } from 'vitest';
import { ParseError } from '../src/errors.ts';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
// Made of the formats' own words, so that it gets past the first check of a parser.
const nearMiss = fc
  .array(
    fc.constantFrom(
      ...[
        'some',
        'full',
        'max',
        'avg10=0.00',
        'total=1',
        'rw',
        'cgroup',
        '8:0',
        'name=x',
        '#subsys_name',
        'enabled',
      ],
      ...[
        ' ',
        '\n',
        '\t',
        ':',
        ',',
        '-',
        ' - ',
        '=',
        '.',
        '/',
        '\\040',
        '\\',
        '0',
        '1',
        '-1',
        '99999999999999999999',
      ],
      ...['0-4294967295', '18446744073709551615', '__proto__', 'constructor', '\0', '\u2028', '٣'],
    ),
    { maxLength: 60 },
  )
  .map((words) => words.join(''));

/** Text that no kernel wrote. */
export const hostileText = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  bytes.map((buffer) => buffer.toString('latin1')),
  bytes.map((buffer) => buffer.toString('utf8')),
  nearMiss,
);

/** Fails if `parse` throws anything but a ParseError on any text. */
export function expectOnlyParseErrors(parse: (text: string) => unknown): void {
  const attempt = (text: string) => {
    try {
      parse(text);
    } catch (error) {
      expect(error).toBeInstanceOf(ParseError);
    }
  };
  fc.assert(fc.property(hostileText, attempt), { numRuns: 10_000 });
  // Long text that would show a quadratic regular expression or a list that fills the memory.
  for (const unit of ['9', ' ', '\n', '\\', '0-65535,', 'a=', '1 ', ':']) attempt(unit.repeat(100_000));
}
