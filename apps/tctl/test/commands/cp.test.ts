import { describe, expect, it } from 'vitest';
import { parsePlace } from '../../src/commands/cp.ts';
import { refusal } from '../support/refusal.ts';

describe('a place to copy from or to', () => {
  it.each([
    ['web:/etc/passwd', { container: 'web', path: '/etc/passwd' }],
    ['web:etc/', { container: 'web', path: '/etc/' }],
    ['web:/a:b', { container: 'web', path: '/a:b' }],
    ['web:/dir/.', { container: 'web', path: '/dir/.' }],
    ['/a:b', { container: undefined, path: '/a:b' }],
    ['./web:/a', { container: undefined, path: './web:/a' }],
    ['../web:x', { container: undefined, path: '../web:x' }],
    ['file', { container: undefined, path: 'file' }],
    [':x', { container: undefined, path: ':x' }],
    ['-', { container: undefined, path: '-' }],
  ])('%s', (text, place) => {
    expect(parsePlace(text)).toEqual(place);
  });

  it.each([
    ['', /no path/],
    ['web:', /no path/],
  ])('is refused: %j', (text, message) => {
    expect(refusal(() => parsePlace(text)).message).toMatch(message);
  });
});
