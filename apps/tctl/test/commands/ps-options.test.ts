import { describe, expect, it } from 'vitest';
import { chosenColumns } from '../../src/commands/ps-options.ts';
import { columnAliases, processColumns } from '../../src/table/process-columns.ts';
import { refusal } from '../support/refusal.ts';

const headings = (columns: readonly string[], words: readonly string[] = [], full = false) =>
  chosenColumns({ columns, words, full })?.map(({ heading }) => heading);

describe('the columns of tctl top', () => {
  it.each([
    [['pid,user,args'], [], ['PID', 'USER', 'COMMAND']],
    [['pid user', 'comm'], [], ['PID', 'USER', 'COMMAND']],
    [['pid', 'args=THE COMMAND'], [], ['PID', 'THE COMMAND']],
    [['pid=,args='], [], [',args=']],
    [['%cpu,CMD'], [], ['%CPU', 'COMMAND']],
    [[], ['aux'], 'USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND'.split(' ')],
    [[], ['axww'], ['PID', 'TTY', 'STAT', 'TIME', 'COMMAND']],
    [[], ['user', 'pid,comm'], ['USER', 'PID', 'COMMAND']],
    [[], [], undefined],
  ])('%j %j', (columns, words, expected) => {
    expect(headings(columns, words)).toEqual(expected);
  });

  it('are those of ps -f, but for -o', () => {
    expect(headings([], [], true)).toEqual('UID PID PPID C STIME TTY TIME CMD'.split(' '));
    expect(headings(['pid'], [], true)).toEqual(['PID']);
  });

  it.each([['nosuch'], ['pid,'], [''], ['constructor'], ['__proto__']])('are no others: %j', (column) => {
    if (column === 'pid,') expect(headings([column])).toEqual(['PID']);
    else if (column === '') expect(headings([column])).toBeUndefined();
    else {
      const { message, hint } = refusal(() => headings([column]));
      expect(message).toContain(`there is no column "${column}"`);
      expect(hint).toMatch(/^The columns are pid, ppid, .*, args\.$/);
    }
  });

  it('have other names that are none of their own', () => {
    for (const [alias, column] of Object.entries(columnAliases)) {
      expect(Object.keys(processColumns)).not.toContain(alias);
      expect(Object.keys(processColumns)).toContain(column);
    }
  });
});
