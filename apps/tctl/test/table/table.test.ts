import { describe, expect, it } from 'vitest';
import { parseEverywhere, parseOptions } from '../../src/cli/options.ts';
import { splitLine } from '../../src/completion/split-line.ts';
import { isGroup } from '../../src/table/command-spec.ts';
import { commandTable, findSpec } from '../../src/table/commands.ts';
import { elsewhere } from '../../src/table/elsewhere.ts';
import { helpOption } from '../../src/table/shared-options.ts';
import { allCommands } from '../support/all-commands.ts';

describe('the table of commands', () => {
  it.each(allCommands)(
    'gives no letter and no name to two options: tctl %s',
    (_, { options, refused = {} }) => {
      const all = [...Object.values(options), ...Object.values(refused)];
      const letters = all.flatMap(({ short }) => short ?? []);
      expect(new Set(letters).size).toBe(letters.length);
      expect(letters.every((letter) => letter.length === 1)).toBe(true);
      const aliases = Object.values(options).flatMap(({ alias = [] }) => alias);
      const names = [...Object.keys(options), ...Object.keys(refused), ...aliases];
      expect(new Set(names).size).toBe(names.length);
    },
  );

  it.each(allCommands)('has sentences and summaries that are written alike: tctl %s', (name, spec) => {
    expect(spec.summary).toMatch(/^[A-Z].*[^.]$/s);
    expect(spec.about).toMatch(/^[A-Z].*\.$/s);
    expect(spec.usage.startsWith(name)).toBe(true);
    for (const { about } of Object.values(spec.options)) expect(about).toMatch(/^\S.*([^.]|\.\.\.)$/s);
    for (const { hint } of Object.values(spec.refused ?? {})) expect(hint).toMatch(/^\S.*[.]$/s);
  });

  const examples = allCommands.flatMap(([name, spec]) =>
    spec.examples.map(({ line }) => [name, line] as const),
  );

  it.each(examples)('has examples that the command understands: tctl %s: %s', (name, line) => {
    const own = line.startsWith('$ ') ? (/(?:^|[ (])(tctl [^|>)$]*)/.exec(line)?.[1] ?? '').slice(5) : line;
    const words = [...splitLine(own.trim()).words];
    const spec = findSpec(name.split(' '));
    if (spec === undefined) throw new Error(`${name} is not in the table`);
    expect(words.slice(0, name.split(' ').length).join(' ')).toBe(name);
    const parse = spec.runsCommand ? parseOptions : parseEverywhere;
    const args = words.slice(name.split(' ').length);
    const { rest } = parse({ ...spec.options, ...helpOption }, args, spec.refused);
    expect(rest.length).toBeGreaterThanOrEqual(line.includes('$(') ? 0 : spec.operands.atLeast);
    expect(rest.length).toBeLessThanOrEqual(spec.operands.atMost);
  });

  it('leads from every other name to a command', () => {
    for (const entry of Object.values(commandTable)) {
      if (!isGroup(entry)) continue;
      for (const below of Object.values(entry.commands))
        if ('sameAs' in below) expect(findSpec(below.sameAs.split(' '))?.usage).toMatch(below.sameAs);
    }
  });

  it('knows of no command that there is and is not at once', () => {
    expect(Object.keys(elsewhere).filter((name) => Object.hasOwn(commandTable, name))).toEqual([]);
  });
});
