/** The systemd cgroup driver, with a systemd that this starts. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Change, makeBundle, stateRoot } from '../support/bundles.ts';
import { newName, watchLeftovers } from '../support/kernel.ts';
import { mode, requires, root } from '../support/requires.ts';
import { Systemd, systemdThere } from '../support/systemd.ts';
import type { Outcome } from '../support/systemd-child.ts';

watchLeftovers();

const needs = [root, mode('v2', 'hybrid'), systemdThere];
const value = (outcome: Outcome | undefined) => {
  if (outcome !== undefined && 'value' in outcome) return outcome.value;
  throw new Error(JSON.stringify(outcome));
};

/** A bundle whose cgroup is a scope: below `test-inner.slice`, which is in `test.slice`. */
function scopeOf(id: string, change: Change = () => {}) {
  const unit = `tctl-${id}.scope`;
  const bundle = makeBundle(id, 'exec sleep 600', (config) => {
    config.linux['cgroupsPath'] = `test-inner.slice:tctl:${id}`;
    change(config);
  });
  const path = `/test.slice/test-inner.slice/${unit}`;
  const show = (...names: string[]) =>
    ({ act: 'systemctl', args: ['show', `--property=${names.join(',')}`, unit] }) as const;
  return { unit, path, show, create: { act: 'create', id, root: stateRoot, bundle } as const };
}

it('has its container in a scope, with its limits as properties and in the files, and leaves no unit', async (context) => {
  requires(context, ...needs, mode('v2'));
  await using systemd = await Systemd.start();
  const id = newName();
  const of = { id, root: stateRoot };
  const { path, unit, show, create } = scopeOf(id, ({ linux }) => {
    linux['resources'] = {
      memory: { limit: 67_108_864, reservation: 33_554_432 },
      cpu: { shares: 2048, quota: 12_345, period: 50_000, cpus: '0' },
      pids: { limit: 77 },
      unified: { 'memory.high': '50331648' },
    };
  });
  const limits = ['MemoryMax', 'MemoryHigh', 'MemoryLow', 'TasksMax', 'CPUWeight', 'CPUQuotaPerSecUSec'];
  const [created, look, shown, started, twice] = await systemd.do([
    create,
    { act: 'look', ...of },
    show('Slice', 'Delegate', 'ActiveState', 'AllowedCPUs', ...limits),
    { act: 'start', ...of },
    { act: 'create', ...of, id: `${id}-twice`, bundle: create.bundle },
  ]);
  value(created);
  expect(value(look)).toEqual({ cgroup: path, pids: 1, isFirst: true });
  expect(String(value(shown)).trim().split('\n').sort()).toEqual([
    'ActiveState=active',
    'AllowedCPUs=0',
    'CPUQuotaPerSecUSec=250ms', // 24.69 % is a quarter of a CPU in whole percents
    'CPUWeight=79',
    'Delegate=yes',
    'MemoryHigh=50331648',
    'MemoryLow=33554432',
    'MemoryMax=67108864',
    'Slice=test-inner.slice',
    'TasksMax=77',
  ]);
  value(started);
  expect(twice).toMatchObject({ code: 'CGROUP_IN_USE', message: expect.stringContaining(unit) });
  const file = (name: string) => readFileSync(join(systemd.directoryOf(path), name), 'utf8').trim();
  const files = [
    'memory.max',
    'memory.high',
    'memory.low',
    'cpu.weight',
    'cpu.max',
    'pids.max',
    'cpuset.cpus',
  ];
  expect(files.map(file)).toEqual(['67108864', '50331648', '33554432', '79', '12345 50000', '77', '0']);

  const [updated, after, unlimited] = await systemd.do([
    { act: 'update', ...of, resources: { memory: { limit: 100_663_296 }, cpu: { quota: 54_321 } } },
    show(...limits),
    { act: 'update', ...of, resources: { memory: { limit: 0 }, pids: { limit: -1 } } },
  ]);
  value(updated);
  expect(String(value(after))).toContain('MemoryMax=100663296\n');
  expect(String(value(after))).toContain('CPUQuotaPerSecUSec=1.090000s\n'); // of the period that there was
  value(unlimited);
  const others = ['100663296', '50331648', '33554432', '79', 'max', '0'];
  expect(files.map(file)).toEqual(others.toSpliced(4, 0, '54321 50000'));

  // Then it writes what it knows, and that is all of it: to whole percents of a CPU.
  const [reloaded] = await systemd.do([{ act: 'systemctl', args: ['daemon-reload'] }]);
  value(reloaded);
  expect(files.filter((name) => name !== 'cpu.max').map(file)).toEqual(others);
  expect(file('cpu.max')).toMatch(/^54(321|500) 50000$/);

  const [refused, deleted, units] = await systemd.do([
    { act: 'delete', ...of },
    { act: 'forceDelete', ...of },
    { act: 'systemctl', args: ['list-units', '--all', '--plain', '--no-legend', '*.scope'] },
  ]);
  expect(refused).toMatchObject({ code: 'CONTAINER_RUNNING' });
  value(deleted);
  expect(String(value(units))).not.toContain(unit);
  expect(existsSync(systemd.directoryOf(path))).toBe(false);
});

it('leaves no unit where the container can’t be made, and does without the bus', async (context) => {
  requires(context, ...needs);
  await using systemd = await Systemd.start();
  const id = newName();
  const { path, unit, create } = scopeOf(id, ({ process }) => {
    process.args = ['/no/such'];
  });
  const units = {
    act: 'systemctl',
    args: ['list-units', '--all', '--plain', '--no-legend', '*.scope'],
  } as const;
  const bus = { DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nowhere' };
  const good = newName();
  const works = scopeOf(good);
  const of = { id: good, root: stateRoot };
  const outcomes = await systemd.do(
    [create, units, works.create, { act: 'look', ...of }, { act: 'forceDelete', ...of }, units],
    bus,
  );
  expect(outcomes[0]).toMatchObject({ code: 'COMMAND_NOT_FOUND' });
  expect(String(value(outcomes[1]))).not.toContain(unit);
  expect(existsSync(systemd.directoryOf(path))).toBe(false);
  value(outcomes[2]);
  expect(value(outcomes[3])).toMatchObject({ cgroup: works.path });
  value(outcomes[4]);
  expect(String(value(outcomes[5]))).not.toContain(works.unit);
});
