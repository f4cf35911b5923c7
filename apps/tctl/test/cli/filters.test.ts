import { describe, expect, it } from 'vitest';
import { parseFilters } from '../../src/cli/filters.ts';
import { refusal } from '../support/refusal.ts';

interface Thing {
  readonly name: string;
  readonly size: number;
}
const tests = {
  name: ({ name }: Thing, part: string) => name.includes(part),
  size: ({ size }: Thing, wanted: string) => size === Number(wanted),
};
const things: Thing[] = [
  { name: 'web', size: 1 },
  { name: 'worker', size: 2 },
  { name: 'db', size: 2 },
];
const kept = (...filters: string[]) => things.filter(parseFilters(filters, tests)).map(({ name }) => name);

describe('--filter', () => {
  it('keeps all where there is none', () => {
    expect(things.filter(parseFilters(undefined, tests))).toEqual(things);
  });

  it('keeps what all keys agree on, each with one of its values', () => {
    expect(kept('name=w')).toEqual(['web', 'worker']);
    expect(kept('name=web', 'name=db')).toEqual(['web', 'db']);
    expect(kept('name=w', 'size=2')).toEqual(['worker']);
    expect(kept('name=')).toEqual(['web', 'worker', 'db']);
  });

  it.each([
    ['nam=x', 'Did you mean name=VALUE?'],
    ['colour=x', 'The keys are name, size.'],
    ['constructor=x', 'The keys are name, size.'],
    ['name', 'Did you mean name=VALUE?'],
    ['=x', 'The keys are name, size.'],
  ])('is refused: %s', (filter, hint) => {
    expect(refusal(() => parseFilters([filter], tests)).hint).toBe(hint);
  });

  it('takes the values alone that a key can have', () => {
    const allowed = { name: ['web', 'db'], size: { like: /^\d$/, hint: 'A digit.' } };
    const parse = (filter: string) => parseFilters([filter], tests, allowed);
    expect(things.filter(parse('size=2'))).toHaveLength(2);
    expect(refusal(() => parse('size=x')).hint).toBe('A digit.');
    expect(refusal(() => parse('name=worker')).hint).toBe('There are web, db.');
  });
});
