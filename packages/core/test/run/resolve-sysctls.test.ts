import { describe, expect, it } from 'vitest';
import { resolveSysctls } from '../../src/run/resolve-sysctls.ts';
import { makeSpec } from '../launch/specs.ts';

const { namespaces } = makeSpec();
const refused = expect.objectContaining({ code: 'INVALID_OPTION' });

describe('kernel settings', () => {
  it('are those of the container’s own namespaces', () => {
    const settings = { 'net.ipv4.ip_forward': '1', 'kernel.sem': '1 2 3 4', 'fs.mqueue.msg_max': '5' };
    expect(resolveSysctls(settings, namespaces)).toEqual(
      Object.entries(settings).map(([name, value]) => ({ name, value })),
    );
  });

  it.each([
    ...['kernel.core_pattern', 'kernel.hostname', 'vm.overcommit_memory', 'fs.file-max', 'fs.mqueue.a/b'],
    ...[
      'net',
      'net.',
      'net..x',
      'net.ipv4/../../kernel/x',
      'net.../x',
      'kernel.shmmax.x',
      ' net.x',
      '',
      '__proto__x',
    ],
  ])('are refused with the name %j', (name) => {
    expect(() => resolveSysctls({ [name]: '1' }, namespaces)).toThrow(refused);
  });

  it('of a network that is not the container’s own are refused', () => {
    expect(() => resolveSysctls({ 'net.ipv4.ip_forward': '1' }, { ...namespaces, net: false })).toThrow(
      refused,
    );
    expect(resolveSysctls({ 'kernel.shmmax': '1' }, { ...namespaces, net: false })).toHaveLength(1);
  });

  it.each(['', 'a\nb', 'a\0'])('are refused with the value %j', (value) => {
    expect(() => resolveSysctls({ 'kernel.shmmax': value }, namespaces)).toThrow(refused);
  });
});
