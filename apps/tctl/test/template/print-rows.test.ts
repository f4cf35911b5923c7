import { describe, expect, it } from 'vitest';
import { checkFormat, formattedRows, isPlainTable } from '../../src/template/print-rows.ts';

const list = {
  rows: [
    { ID: '1', Names: 'web', Labels: new Map([['a', 'b']]) },
    { ID: '22', Names: 'database', Labels: new Map() },
  ],
  headings: { ID: 'CONTAINER ID', Names: 'NAMES' },
};

describe('--format', () => {
  it.each([
    ['{{.ID}}', '1\n22\n'],
    ['{{.ID}}\\t{{.Names}}', '1\tweb\n22\tdatabase\n'],
    ['{{.ID}}\\n', '1\n\n22\n\n'],
    ['{{"\\t"}}{{.ID}}', '\t1\n\t22\n'],
    ['json', '{"ID":"1","Names":"web","Labels":{"a":"b"}}\n{"ID":"22","Names":"database","Labels":{}}\n'],
    ['table {{.Names}}\\t{{.ID}}', 'NAMES      CONTAINER ID\nweb        1\ndatabase   22\n'],
    ['table {{upper .Names}}', 'NAMES\nWEB\nDATABASE\n'],
  ])('%s', (format, text) => {
    expect(formattedRows(format, list)).toBe(text);
  });

  it('table alone is the table that there is anyway', () => {
    expect([undefined, 'table', ' table '].map(isPlainTable)).toEqual([true, true, true]);
    expect(isPlainTable('table {{.ID}}')).toBe(false);
  });

  it('is refused before there is anything to print', () => {
    expect(() => checkFormat('{{.ID')).toThrow(/--format/);
    expect(() => checkFormat('{{.Anything}}')).not.toThrow();
    expect(() => checkFormat('table')).not.toThrow();
  });
});
