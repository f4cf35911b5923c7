import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../src/cli/options.ts';
import { parseMountOption, toMounts } from '../../src/commands/to-mounts.ts';
import { fileOptions } from '../../src/table/option-groups.ts';
import { refusal } from '../support/refusal.ts';

describe('mounts', () => {
  it('of all three options come together', () => {
    const args = [
      '--tmpfs',
      '/t:size=1m',
      '-v',
      'cache:/c',
      '--mount',
      'type=bind,src=/a,dst=/b',
      '-v',
      '/x:/y:ro',
    ];
    expect(toMounts(parseOptions(fileOptions, args).values)).toEqual([
      { type: 'volume', source: 'cache', target: '/c', readOnly: false },
      { source: '/x', target: '/y', readOnly: true },
      { source: '/a', target: '/b', readOnly: false },
      { type: 'tmpfs', target: '/t', size: '1m' },
    ]);
  });
});

describe('--mount', () => {
  it.each([
    ['type=bind,source=/a,target=/b', { source: '/a', target: '/b', readOnly: false }],
    ['type=bind,src=/a,dst=/b,readonly', { source: '/a', target: '/b', readOnly: true }],
    ['type=bind,src=/a,destination=/b,ro=true', { source: '/a', target: '/b', readOnly: true }],
    ['type=bind,src=/a,dst=/b,readonly=false', { source: '/a', target: '/b', readOnly: false }],
    ['type=bind,src=a:b,dst=/b', { source: 'a:b', target: '/b', readOnly: false }],
    [
      'type=bind,src=/a,dst=/b,bind-propagation=rslave,bind-recursive=disabled',
      { source: '/a', target: '/b', readOnly: false, propagation: 'slave', recursive: false },
    ],
    ['type=volume,src=v,dst=/b', { type: 'volume', source: 'v', target: '/b', readOnly: false }],
    ['src=v,dst=/b', { type: 'volume', source: 'v', target: '/b', readOnly: false }],
    [
      'type=tmpfs,dst=/t,tmpfs-size=64m,tmpfs-mode=1770',
      { type: 'tmpfs', target: '/t', readOnly: false, size: '64m', mode: 0o1770 },
    ],
  ])('%s', (text, mount) => {
    expect(parseMountOption(text)).toEqual(mount);
  });

  it.each([
    ['type=bind,src=/a', /no target/],
    ['type=bind,dst=/a', /no source/],
    ['type=nfs,dst=/a', /no type "nfs"/],
    ['type=constructor,dst=/a', /no type "constructor"/],
    ['type=tmpfs,src=/a,dst=/b', /"source" is not for a tmpfs/],
    ['type=bind,src=/a,dst=/b,tmpfs-size=1m', /"tmpfs-size" is not for a bind/],
    ['type=bind,src=/a,dst=/b,dst=/c', /target twice/],
    ['type=bind,src=/a,dst', /"dst" has no value/],
    ['type=bind,src=/a,dst=/b,readonly=maybe', /true or false/],
    ['type=tmpfs,dst=/b,tmpfs-mode=999', /octal/],
    ['type=bind,src=/a,dst=/b,bind-propagation=loud', /loud/],
    ['', /no value/],
  ])('is refused: %s', (text, message) => {
    expect(refusal(() => parseMountOption(text)).message).toMatch(message);
  });
});
