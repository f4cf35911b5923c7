import { describe, expect, it } from 'vitest';
import { type Prunable, pruneFilter } from '../../src/cli/prune-filters.ts';
import { refusal } from '../support/refusal.ts';

const now = new Date('2026-01-31T12:00:00Z');
const madeAt = (time: string, labels: Prunable['labels'] = {}): Prunable => ({
  createdAt: new Date(time),
  labels,
});
const goes = (item: Prunable, ...filters: string[]) => pruneFilter(filters, now)(item);

describe('--filter of prune', () => {
  it.each([
    ['10m', '2026-01-31T11:49:59Z', true],
    ['10m', '2026-01-31T11:50:01Z', false],
    ['1h30m', '2026-01-31T10:29:00Z', true],
    ['1h30m', '2026-01-31T10:31:00Z', false],
    ['7d', '2026-01-24T11:00:00Z', true],
    ['0s', '2026-01-31T11:59:59Z', true],
    ['2026-01-30', '2026-01-29T23:59:59Z', true],
    ['2026-01-30T10:00:00Z', '2026-01-30T10:00:01Z', false],
    ['1769860000', '2026-01-31T11:46:39Z', true],
    ['1769860000', '2026-01-31T11:46:41Z', false],
  ])('until=%s takes what was made before: %s %s', (until, time, expected) => {
    expect(goes(madeAt(time), `until=${until}`)).toBe(expected);
  });

  it('leaves what nobody knows the age of', () => {
    expect(pruneFilter(['until=10m'], now)({ createdAt: undefined, labels: {} })).toBe(false);
    expect(pruneFilter(undefined, now)({ createdAt: undefined, labels: {} })).toBe(true);
  });

  it('wants all labels, and none that is not to be there', () => {
    const item = madeAt('2026-01-31', { job: '', of: 'ci=1' });
    expect(goes(item, 'label=job')).toBe(true);
    expect(goes(item, 'label=job=x')).toBe(false);
    expect(goes(item, 'label=of=ci=1', 'label=job=')).toBe(true);
    expect(goes(item, 'label=job', 'label=other')).toBe(false);
    expect(goes(item, 'label!=other')).toBe(true);
    expect(goes(item, 'label!=other', 'label!=job')).toBe(false);
    expect(goes(item, 'label!=of=ci')).toBe(true);
    expect(goes(item, 'label=constructor')).toBe(false);
    expect(goes(item, 'label=job', 'until=1h')).toBe(true);
    expect(goes(item, 'label=job', 'until=13h')).toBe(false);
  });

  it.each([
    [['until=soon'], /takes a time/, /2026/],
    [['until='], /takes a time/, /2026/],
    [['until=1h', 'until=2h'], /once/, /Leave one/],
    [['lable=x'], /knows no "lable"/, /Did you mean label=VALUE/],
    [['until'], /KEY=VALUE/, /Did you mean until=VALUE/],
  ])('is refused: %j', (filters, message, hint) => {
    const error = refusal(() => pruneFilter(filters, now));
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });
});
