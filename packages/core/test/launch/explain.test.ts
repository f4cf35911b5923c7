import { describe, expect, it } from 'vitest';
import { ProgramBuilder } from '../../src/launch/builder.ts';
import { compileLaunch } from '../../src/launch/compile.ts';
import { buffer, cell, flags, load, NULL, number, string } from '../../src/launch/data.ts';
import { explain, explainSteps, notation } from '../../src/launch/explain.ts';
import { groups } from '../../src/launch/program.ts';
import { makeSpec, variants } from './specs.ts';

const mountFlags = { MS_REC: 16384, MS_PRIVATE: 1 << 18 };

function stepsOf(build: (p: ProgramBuilder) => void) {
  const p = new ProgramBuilder();
  build(p);
  return explainSteps(p.finish(buffer(8, 'record')));
}

describe('the notation of a call', () => {
  const p = new ProgramBuilder();
  const fd = cell('fs_fd');

  it.each([
    [p.call('setsid', [], { what: 'x' }), 'setsid()'],
    [
      p.call('mount', [NULL, string('/'), NULL, flags(mountFlags, 'MS_REC', 'MS_PRIVATE'), NULL], {
        what: 'x',
      }),
      'mount(NULL, "/", NULL, MS_REC|MS_PRIVATE, NULL)',
    ],
    [p.call('chdir', [string('a "b"\n')], { what: 'x' }), 'chdir("a \\"b\\"\\n")'],
    [p.call('umask', [number(0o22, '022')], { what: 'x' }), 'umask(022)'],
    [p.call('openat', [flags({}), string('p'), 5], { what: 'x', result: fd }), 'fs_fd = openat(0, "p", 5)'],
    [p.call('close', [load(fd)], { what: 'x' }), 'close(fs_fd)'],
  ])('is strace’s: %#', (step, text) => {
    expect(notation(step)).toBe(text);
  });
});

describe('the explained steps', () => {
  it('merge calls that do the same', () => {
    const drop = (p: ProgramBuilder, of: number) =>
      p.call('prctl', [24, of], { what: 'drop', why: 'never again' });
    const [first, second, ...rest] = stepsOf((p) => {
      for (const capability of [1, 2, 3]) drop(p, capability);
      p.call('umask', [0], { what: 'drop' });
    });
    expect(first).toEqual({
      group: 'supervise',
      call: 'prctl(24, 1)',
      what: 'drop',
      why: 'never again',
      times: 3,
    });
    expect(second).toMatchObject({ call: 'umask(0)', times: 1 });
    expect(rest).toEqual([]);
  });

  it('keep apart calls with the same name that do different things', () => {
    const steps = stepsOf((p) => {
      for (const what of ['one', 'other', 'one']) p.call('close', [1], { what });
    });
    expect(steps.map(({ what, times }) => [what, times])).toEqual([
      ['one', 1],
      ['other', 1],
      ['one', 1],
    ]);
  });

  it.each(variants)('account for every call of the program: %s', (_, spec) => {
    const program = compileLaunch(spec);
    const calls = program.steps.filter(({ op }) => op === 'call').length;
    expect(explainSteps(program).reduce((sum, { times }) => sum + times, 0)).toBe(calls);
  });
});

describe('the explanation', () => {
  it.each(variants)('has a line for each step, below its group’s title: %s', (_, spec) => {
    const program = compileLaunch(spec);
    const sections = explain(program).split('\n\n');
    const used = groups.filter((group) => explainSteps(program).some((step) => step.group === group));
    for (const step of explainSteps(program)) {
      const lines = sections.flatMap((section) => section.split('\n').slice(1));
      expect(lines.some((line) => line.startsWith(`  ${step.call}`))).toBe(true);
    }
    expect(sections.length).toBeGreaterThanOrEqual(used.length);
  });

  it('says what a call does, or better why', () => {
    const lines = explain(compileLaunch(makeSpec())).split('\n');
    const at = lines.indexOf('  umount2(".", MNT_DETACH)');
    expect(lines[at + 1]).toMatch(/^ {6}# .*host’s files.* gone/);
    const chdir = lines.indexOf('  chdir("/")');
    expect(lines[chdir + 1]).toMatch(/^ {6}# \w/);
  });

  it('ends with a line break', () => {
    expect(explain(compileLaunch(makeSpec()))).toMatch(/[^\n]\n$/);
  });
});
