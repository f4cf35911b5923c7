import { describe, expect, it } from 'vitest';
import { writesV2 } from '../../../src/oci/resource-writes.ts';
import { readResources } from '../../../src/oci/resources.ts';
import { limitProperties } from '../../../src/oci/systemd/properties.ts';
import { managerSockets, socketsOf } from '../../../src/oci/systemd/sockets.ts';
import { scopeName, slicePath } from '../../../src/oci/systemd/unit.ts';

describe('linux.cgroupsPath of the systemd cgroup driver', () => {
  it.each([
    ['machine.slice:libpod:1', 'libpod-1.scope', 'machine.slice'],
    ['a-b.slice:cri-containerd:x', 'cri-containerd-x.scope', 'a-b.slice'],
    [':docker:1', 'docker-1.scope', 'system.slice'],
    ['system.slice::1', '1.scope', 'system.slice'],
    [undefined, 'tc-runtime-one.scope', 'system.slice'],
  ])('%s is %s in %s', (given, unit, slice) => {
    expect(scopeName(given, 'one', 'system.slice')).toEqual({ unit, slice });
  });

  it.each([
    '/a/b',
    'a:b',
    'a.slice:b:c:d',
    'a.slice:b:',
    'a.slice:b:c/d',
    'a.slice:b:c+d',
    `a.slice:b:${'c'.repeat(255)}`,
  ])('can’t be %s', (given) =>
    expect(() => scopeName(given, 'one', 'system.slice')).toThrow(/linux\.cgroupsPath/),
  );

  it('can’t name a slice for the container', () => {
    expect(() => scopeName('a.slice:b:c.slice', 'one', 'system.slice')).toThrow(/names a slice/);
  });
});

describe('a slice', () => {
  it.each([
    ['a.slice', '/a.slice'],
    ['a-b-c.slice', '/a.slice/a-b.slice/a-b-c.slice'],
    ['-.slice', '/'],
  ])('%s is at %s', (slice, path) => expect(slicePath(slice)).toBe(path));

  it.each(['a', '.slice', '-a.slice', 'a-.slice', 'a--b.slice', 'a/b.slice', '../a.slice', 'a.service'])(
    'can’t be %s',
    (slice) => expect(() => slicePath(slice)).toThrow(/no slice/),
  );
});

describe('limits as properties', () => {
  const of = (resources: unknown) =>
    Object.fromEntries(
      limitProperties(writesV2(readResources(resources, 'resources'))).map(([name, { value }]) => [
        name,
        value,
      ]),
    );
  const infinity = 2n ** 64n - 1n;

  it('have systemd’s names and units', () => {
    expect(of({ memory: { limit: 1000, reservation: 500, swap: 1500 }, pids: { limit: 7 } })).toEqual({
      MemoryMax: 1000n,
      MemoryLow: 500n,
      MemorySwapMax: 500n,
      TasksMax: 7n,
    });
    expect(of({ memory: { limit: -1 }, pids: { limit: -1 } })).toEqual({
      MemoryMax: infinity,
      TasksMax: infinity,
    });
    expect(of({ cpu: { shares: 1024, cpus: '0-2,9', mems: '0' } })).toEqual({
      CPUWeight: 39n,
      AllowedCPUs: [7, 2],
      AllowedMemoryNodes: [1],
    });
  });

  it.each([
    [{ quota: 50_000, period: 100_000 }, 500_000n, 100_000n],
    [{ quota: 12_345, period: 50_000 }, 250_000n, 50_000n],
    [{ quota: 1 }, 10_000n, 100_000n],
    [{ quota: -1, period: 20_000 }, infinity, 20_000n],
  ])('%j is a time in whole percents of a CPU', (cpu, perSecond, period) => {
    expect(of({ cpu })).toEqual({ CPUQuotaPerSecUSec: perSecond, CPUQuotaPeriodUSec: period });
  });

  it('come from files, too, of which systemd does not know all', () => {
    expect(
      of({ unified: { 'memory.high': '4096', 'cpu.max': 'max', 'io.max': '8:0 rbps=1', 'pids.max': 'x' } }),
    ).toEqual({
      MemoryHigh: 4096n,
      CPUQuotaPerSecUSec: infinity,
      CPUQuotaPeriodUSec: 100_000n,
    });
  });
});

describe('the sockets of a manager', () => {
  it.each([
    ['unix:path=/run/bus', ['/run/bus']],
    ['unix:path=/a%20b,guid=1;tcp:host=x;unix:abstract=y,guid=2', ['/a b', '\0y']],
    ['unix:runtime=yes', []],
    ['', []],
  ])('of %s', (addresses, sockets) => expect(socketsOf(addresses)).toEqual(sockets));

  it('are those that are there', () => {
    expect(managerSockets(true, { XDG_RUNTIME_DIR: '/nowhere' })).toEqual([]);
    const given = { XDG_RUNTIME_DIR: '/nowhere', DBUS_SESSION_BUS_ADDRESS: 'unix:abstract=y' };
    expect(managerSockets(true, given)).toEqual([{ path: '\0y', isBus: true }]);
  });
});
