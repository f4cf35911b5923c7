import type { CgroupHost } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { type Delegation, findDelegations } from '../../src/cgroups/delegation.ts';
import { occupantsOf } from '../../src/cgroups/delegation-leaf.ts';
import { notDelegated, selectDelegation } from '../../src/cgroups/delegation-manager.ts';
import { fakeFacts, thrownBy, v1Mounts, v2Host } from './fake-facts.ts';

type Files = Record<string, string>;
const all = 'cpuset cpu io memory pids';

/** A cgroup of the user's, with the processes in it. */
const cgroup = (path: string, procs = '', subtree = '', controllers = all): Files => ({
  [path]: '',
  [`${path}/cgroup.procs`]: procs,
  [`${path}/cgroup.subtree_control`]: subtree,
  [`${path}/cgroup.controllers`]: controllers,
  [`${path}/cgroup.type`]: 'domain\n',
});

const self = process.pid;
const inCgroup = (path: string, ...files: Files[]): Files =>
  Object.assign({ '/proc/self/cgroup': `0::${path}\n` }, ...files);

/** @param notOurs prefixes of what another user owns. */
const facts = (files: Files, notOurs: readonly string[] = []) =>
  fakeFacts(
    files,
    Object.keys(files).filter((path) =>
      notOurs.some((each) => path === each || path.startsWith(`${each}/cgroup.`)),
    ),
  );

const parents = (found: readonly Delegation[]) => found.map(({ parent }) => parent);

describe('the cgroups that a process may put containers into', () => {
  it('are none where nothing was delegated', () => {
    const files = inCgroup('/jobs/one', cgroup('/cg/jobs'), cgroup('/cg/jobs/one', `${self}\n`));
    expect(findDelegations('/cg', facts(files, ['/cg/jobs', '/cg/jobs/one']))).toEqual([]);
    expect(findDelegations('/cg', facts({}))).toEqual([]);
  });

  it('are those above its own that have no processes, the topmost first', () => {
    const files = inCgroup(
      '/jobs/a/b',
      cgroup('/cg/jobs'),
      cgroup('/cg/jobs/a'),
      cgroup('/cg/jobs/a/b', `${self}\n1\n`),
    );
    expect(parents(findDelegations('/cg', facts(files)))).toEqual(['jobs', 'jobs/a', 'jobs/a/b']);
    expect(parents(findDelegations('/cg', facts(files, ['/cg/jobs'])))).toEqual(['jobs/a', 'jobs/a/b']);
    expect(parents(findDelegations('/cg', facts(files, ['/cg/jobs/a/b'])))).toEqual(['jobs', 'jobs/a']);
  });

  it('are not those above with processes, or that are threaded', () => {
    const files = inCgroup('/jobs/a', cgroup('/cg/jobs', '77\n'), cgroup('/cg/jobs/a', `${self}\n`));
    expect(parents(findDelegations('/cg', facts(files)))).toEqual(['jobs/a']);
    const threaded = { ...files, '/cg/jobs/a/cgroup.type': 'threaded\n' };
    expect(findDelegations('/cg', facts(threaded))).toEqual([]);
  });

  it('are not those that lack a right: each of three files must be writable', () => {
    const files = inCgroup('/jobs/a', cgroup('/cg/jobs'), cgroup('/cg/jobs/a', '1\n'));
    for (const file of ['', '/cgroup.procs', '/cgroup.subtree_control']) {
      expect(parents(findDelegations('/cg', fakeFacts(files, [`/cg/jobs${file}`])))).toEqual(['jobs/a']);
    }
  });

  it('can be the root of a cgroup namespace', () => {
    const files = inCgroup('/', cgroup('/cg', `${self}\n`));
    expect(findDelegations('/cg', facts(files))).toEqual([
      { parent: '', controllers: all.split(' '), occupants: 'own' },
    ]);
    expect(findDelegations('/cg', facts(inCgroup('/../x', cgroup('/cg'))))).toEqual([]);
  });

  it('are with systemd last its own slices, and only for memory and pids where these are on', () => {
    const scope = '/user.slice/user-1000.slice/user@1000.service/app.slice/run-1.scope';
    const service = '/cg/user.slice/user-1000.slice/user@1000.service';
    const files = inCgroup(
      scope,
      cgroup('/cg/user.slice'),
      cgroup('/cg/user.slice/user-1000.slice'),
      cgroup(service, '', 'cpu memory pids'),
      cgroup(`${service}/app.slice`, '', 'pids'),
      cgroup(`/cg${scope}`, `${self}\n`, '', 'cpu memory pids'),
    );
    const found = findDelegations('/cg', facts(files, ['/cg/user.slice', '/cg/user.slice/user-1000.slice']));
    expect(found).toEqual([
      { parent: service.slice(4), controllers: ['memory', 'pids'], occupants: 'none' },
      { parent: `${service.slice(4)}/app.slice`, controllers: ['pids'], occupants: 'none' },
      { parent: scope.slice(1), controllers: ['cpu', 'memory', 'pids'], occupants: 'own' },
    ]);
    expect(selectDelegation(v2Host, { memoryBytes: 1e8 }, facts(files))?.stepDownFrom).toBeUndefined();
    expect(selectDelegation(v2Host, { cpuQuotaUsec: 1e4 }, facts(files, ['/cg/user.slice']))).toMatchObject({
      parent: scope.slice(1),
      stepDownFrom: `/cg${scope}`,
    });
  });
});

describe('the occupants of a cgroup', () => {
  const stat = (parent: number) => `9 (a) b) S ${parent} 1 1`;
  const occupants = (procs: string, files: Files = {}) =>
    occupantsOf('/cg/a', fakeFacts({ '/cg/a/cgroup.procs': procs, ...files }), 100);

  it('can be none', () => {
    expect(occupants('')).toBe('none');
  });

  it('are own where all come from this process', () => {
    expect(occupants('100\n')).toBe('own');
    expect(occupants('100\n102\n', { '/proc/102/stat': stat(101), '/proc/101/stat': stat(100) })).toBe('own');
  });

  it('are others where one does not, is its parent, or is in another PID namespace', () => {
    expect(occupants('100\n102\n', { '/proc/102/stat': stat(1), '/proc/1/stat': stat(0) })).toBe('others');
    expect(occupants('50\n100\n', { '/proc/50/stat': stat(1) })).toBe('others');
    expect(occupants('0\n')).toBe('others');
    expect(occupants('7\n', { '/proc/7/stat': stat(8), '/proc/8/stat': stat(7) })).toBe('others');
  });
});

describe('an ordinary user’s container', () => {
  const jobs = inCgroup(
    '/jobs/main',
    cgroup('/cg/jobs', '', 'memory'),
    cgroup('/cg/jobs/main', `${self}\n1\n`),
    {
      '/cg/cgroup.subtree_control': 'cpu memory pids',
    },
  );

  it('goes into the cgroup that was delegated', () => {
    const chosen = selectDelegation(v2Host, { memoryBytes: 1e8, pids: 5 }, facts(jobs));
    expect(chosen).toMatchObject({ parent: 'jobs', stepDownFrom: undefined });
    const request = { id: 'x', limits: { memoryBytes: 1e8, pids: 5 }, parent: 'jobs' };
    const { plan } = chosen?.manager.plan(request) ?? {};
    expect(plan?.directories).toEqual(['/cg/jobs/tctl-x']);
    expect(plan?.enable.map(({ path, value }) => [path, value])).toEqual([
      ['/cg/jobs/cgroup.subtree_control', expect.stringMatching(/\+pids/)],
    ]);
  });

  it('is refused a limit whose controller was not delegated', () => {
    const files = { ...jobs, '/cg/jobs/cgroup.controllers': 'memory pids' };
    const chosen = selectDelegation(v2Host, { cpuQuotaUsec: 1e4 }, facts(files));
    const error = thrownBy(() =>
      chosen?.manager.plan({ id: 'x', limits: { cpuQuotaUsec: 1e4 }, parent: 'jobs' }),
    );
    expect(error).toMatchObject({
      code: 'LIMIT_UNSUPPORTED',
      message: expect.stringMatching(/the cpu controller was not delegated to uid/),
      hint: expect.stringMatching(/Delegate=cpu/),
    });
  });

  it('has no limits where others live in the only cgroup', () => {
    const files = inCgroup('/jobs', cgroup('/cg/jobs', `${self}\n1\n`));
    expect(selectDelegation(v2Host, { pids: 5 }, facts(files))).toBeUndefined();
  });

  it('makes this process step down only for a limit', () => {
    const files = inCgroup('/jobs', cgroup('/cg/jobs', `${self}\n`));
    expect(selectDelegation(v2Host, {}, facts(files))).toBeUndefined();
    const chosen = selectDelegation(v2Host, { pids: 5 }, facts(files));
    expect(chosen?.stepDownFrom).toBe('/cg/jobs');
    const { plan } = chosen?.manager.plan({ id: 'x', limits: { pids: 5 }, parent: 'jobs' }) ?? {};
    expect(plan?.directories).toEqual(['/cg/jobs/tctl-x']);
  });

  it.each([
    [
      'systemd',
      v2Host,
      { '/run/systemd/system/x': '' },
      /systemd-run --user --scope -p Delegate=yes -- COMMAND/,
    ],
    ['no systemd', v2Host, {}, /As root: mkdir -p \/cg\/user-\d+\/main && chown/],
    ['v1', { mode: 'v1', v1: v1Mounts('/cg', ['memory']) }, {}, /cgroup v2 alone/],
  ] as [string, CgroupHost, Files, RegExp][])('is told how to get one with %s', (_, host, files, hint) => {
    expect(notDelegated(host, fakeFacts(files))).toMatchObject({
      code: 'CGROUP_NOT_DELEGATED',
      hint: expect.stringMatching(hint),
    });
  });
});
