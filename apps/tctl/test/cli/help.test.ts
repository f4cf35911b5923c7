import { describe, expect, it } from 'vitest';
import { aboutOption, flagOf, groupHelp, helpText } from '../../src/cli/help.ts';
import type { OptionTable } from '../../src/cli/options.ts';
import { overview } from '../../src/cli/overview.ts';
import { run } from '../../src/table/running.ts';
import { volumeGroup } from '../../src/table/volumes.ts';
import { allCommands } from '../support/all-commands.ts';

/** Runs of blanks are one. */
const flat = (text: string) => text.replaceAll(/\s+/g, ' ');

describe('the help of every command', () => {
  it.each(allCommands)('has all of the table: tctl %s', (_, spec) => {
    const text = helpText(spec);
    expect(text.startsWith(`Usage: tctl ${spec.usage}\n\n`)).toBe(true);
    expect(flat(text)).toContain(flat(spec.about));
    const options: OptionTable = spec.options;
    for (const [name, option] of Object.entries(options))
      expect(flat(text)).toContain(flat(`${flagOf(name, option).trim()} ${aboutOption(option)}`));
    for (const { about } of spec.examples) expect(flat(text)).toContain(about);
    for (const [code, why] of Object.entries(spec.exitCodes)) expect(flat(text)).toContain(`${code} ${why}`);
    expect(text).toContain('  print this\n');
    expect(text.endsWith('\n')).toBe(true);
  });

  it.each(allCommands)('fits a terminal of 80 columns, but for words that are longer: tctl %s', (_, spec) => {
    const lines = helpText(spec, 80).split('\n').slice(1);
    expect(lines.filter((line) => line.length > 80 && !/^ {2}(tctl|-|\S*docker|\S*ssh)/.test(line))).toEqual(
      [],
    );
  });

  it.each(allCommands)('is at most 110 columns wide: tctl %s', (_, spec) => {
    expect(
      Math.max(
        ...helpText(spec)
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(110);
  });
});

describe('the help of run', () => {
  const text = helpText(run);

  it('has its options under headings', () => {
    const headings = [...text.matchAll(/^(\S.*):$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([
      'Options',
      'Limits',
      'Its process',
      'Its files',
      'Isolation',
      'Security',
      'Its life',
      'Examples',
      'Exit codes',
    ]);
  });

  it('says what is so by default, and which variable does the same', () => {
    expect(flat(text)).toContain('(default ctrl-p,ctrl-q; or TCTL_DETACH_KEYS)');
    expect(flat(text)).toContain('(default none; also --net)');
  });
});

describe('the help of commands that have commands', () => {
  it('lists them', () => {
    expect(groupHelp('volume', volumeGroup)).toMatch(/^Usage: tctl volume COMMAND \[OPTIONS\]\n/);
    expect(groupHelp('volume', volumeGroup)).toMatch(/^ {2}ls +List volumes$/m);
    expect(groupHelp('volume', volumeGroup)).toMatch(/^ {2}remove +the same as tctl volume rm$/m);
  });

  it('of tctl lists all, and fits 80 columns', () => {
    const text = overview(80);
    for (const [name] of allCommands) expect(text).toMatch(new RegExp(`^ {2}${name.split(' ')[0]} `, 'm'));
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  });
});
