import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { widthOf } from '../../../src/cli/width.ts';
import { isPath, pathsLike } from '../../../src/dashboard/form/complete-path.ts';
import { complete } from '../../../src/dashboard/form/completion.ts';
import {
  type FieldSpec,
  type Form,
  makeForm,
  type Outcome,
  problemOf,
  reduceForm,
  valuesOf,
} from '../../../src/dashboard/form/form.ts';
import { formLines } from '../../../src/dashboard/form/form-lines.ts';
import { lineOf } from '../../../src/dashboard/form/line-text.ts';
import { wrapWords } from '../../../src/dashboard/form/wrap.ts';
import { withoutStyles } from '../../../src/dashboard/terminal/canvas.ts';
import { makeTheme } from '../../../src/dashboard/theme/theme.ts';

const fields: readonly FieldSpec[] = [
  {
    name: 'fruit',
    label: 'Fruit',
    about: 'What to eat',
    completer: () => ({ from: 0, texts: ['apple', 'apricot', 'banana'] }),
    check: (value) => (value === '' ? { text: 'which one?', hint: 'An apple.' } : undefined),
  },
  { name: 'size', label: 'Size', about: 'How big', choices: ['small', 'big'] },
  {
    name: 'note',
    label: 'Note',
    about: 'More',
    check: (value, { fruit }) =>
      value === fruit && value !== '' ? { text: 'said twice', hint: undefined } : undefined,
  },
];

function press(form: Form, ...keys: string[]): { form: Form; outcome: Outcome | undefined } {
  let outcome: Outcome | undefined;
  for (const key of keys) {
    const text = key.length === 1 ? key : key === 'space' ? ' ' : '';
    const step = reduceForm(form, { kind: 'key', name: key, text });
    form = step?.form ?? form;
    outcome = step?.outcome;
  }
  return { form, outcome };
}

describe('a form', () => {
  it('is filled in field by field, round the ends', () => {
    const { form } = press(makeForm(fields), 'f', 'i', 'g', 'down', 'down', 'x', 'down', 's', 'up', 'y');
    expect(valuesOf(form)).toEqual({ fruit: 'figs', size: 'small', note: 'xy' });
  });

  it('takes a choice by arrows and Space, and nothing that is typed', () => {
    const { form } = press(makeForm(fields), 'down', 'right', 'x');
    expect(valuesOf(form)['size']).toBe('big');
    expect(valuesOf(press(form, 'space').form)['size']).toBe('small');
    expect(valuesOf(press(form, 'left', 'left').form)['size']).toBe('big');
  });

  it('is not sent while something in it is wrong, and goes there', () => {
    const { form, outcome } = press(makeForm(fields), 'down', 'down', 'enter');
    expect(outcome).toBeUndefined();
    expect(form.at).toBe(0);
    expect(form.touched).toEqual(new Set(['fruit', 'size', 'note']));
  });

  it('is sent by Enter in any field, and left by Escape', () => {
    const { form } = press(makeForm(fields), 'a', 'down');
    expect(press(form, 'enter').outcome).toBe('submit');
    expect(press(form, 'escape').outcome).toBe('cancel');
  });

  it('checks a field against others', () => {
    const { form } = press(makeForm(fields), 'a', 'down', 'down', 'a');
    const [, , note] = fields;
    expect(note && problemOf(form, note)).toMatchObject({ text: 'said twice' });
  });

  it('completes by Tab as far as candidates agree, offers them, and goes on where there is nothing to complete', () => {
    let { form } = press(makeForm(fields), 'a', 'tab');
    expect([valuesOf(form)['fruit'], form.at, form.offers]).toEqual(['ap', 0, ['apple', 'apricot']]);
    ({ form } = press(form, 'r', 'tab'));
    expect([valuesOf(form)['fruit'], form.at, form.offers]).toEqual(['apricot', 0, []]);
    expect(press(form, 'tab').form.at).toBe(1);
  });
});

describe('a completion', () => {
  it('leaves what comes after the cursor', () => {
    expect(complete({ text: 'ba x', cursor: 2 }, () => ({ from: 0, texts: ['banana'] }))?.line).toEqual({
      text: 'banana x',
      cursor: 6,
    });
  });

  it('is none where nothing begins so', () => {
    expect(complete(lineOf('x'), () => ({ from: 0, texts: ['banana'] }))).toBeUndefined();
  });
});

describe('paths of the host', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'tctl-paths-'));
    mkdirSync(join(directory, 'alpha'));
    mkdirSync(join(directory, '.hidden'));
    mkdirSync(join(directory, 'evil\x1b[2J'));
    writeFileSync(join(directory, 'algae'), '');
    symlinkSync('alpha', join(directory, 'link'));
    symlinkSync('nowhere', join(directory, 'broken'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('are listed with a slash after directories, without hidden ones and those that no terminal should see', () => {
    expect(pathsLike(`${directory}/`, { onlyDirectories: false })).toEqual(
      ['algae', 'alpha/', 'broken', 'link/'].map((name) => `${directory}/${name}`),
    );
    expect(pathsLike(`${directory}/al`, { onlyDirectories: true })).toEqual([`${directory}/alpha/`]);
    expect(pathsLike(`${directory}/.h`, { onlyDirectories: true })).toEqual([`${directory}/.hidden/`]);
  });

  it('are none below what is no directory', () => {
    expect(pathsLike(`${directory}/algae/`, { onlyDirectories: false })).toEqual([]);
    expect(pathsLike(`${directory}/missing/`, { onlyDirectories: false })).toEqual([]);
  });

  it.each([
    ['/srv', true],
    ['./x', true],
    ['..', true],
    ['~/x', true],
    ['alpine', false],
    ['ghcr.io/a/b:1', false],
    ['.x', false],
  ])('or names of images: %s', (text, expected) => {
    expect(isPath(text)).toBe(expected);
  });
});

describe('the lines of a form', () => {
  const theme = makeTheme('dark', 'none', true);

  it.each([
    [60, 20],
    [40, 8],
    [30, 3],
  ])('are as wide as they should be in %i cells, no more than %i, and show where one is', (width, rows) => {
    for (let at = 0; at < fields.length; at += 1) {
      const { form } = press(makeForm(fields), ...Array.from({ length: at }, () => 'down'));
      const lines = formLines(form, { width, rows }, theme);
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect(widthOf(withoutStyles(line))).toBe(width);
      expect(lines.join('\n')).toContain(fields[at]?.label);
    }
  });

  it('say what is wrong, and what to do, below the field that one has typed into', () => {
    const untouched = formLines(makeForm(fields), { width: 60, rows: 20 }, theme).join('\n');
    expect(untouched).not.toContain('which one?');
    const { form } = press(makeForm(fields), 'a', 'backspace');
    const lines = formLines(form, { width: 60, rows: 20 }, theme).map((line) => withoutStyles(line).trim());
    expect(lines.slice(1, 3)).toEqual(['which one?', 'An apple.']);
  });
});

describe('words that are wrapped', () => {
  it('are broken between them, and within where one is too long', () => {
    expect(wrapWords('a bc def ghijklmnop q', 6)).toEqual(['a bc', 'def', 'ghijkl', 'mnop q']);
  });
});
