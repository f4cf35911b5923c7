import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dockerName, podmanName, RuntimeNames } from '../../src/cgroups/runtime-names.ts';
import { toCgroup } from '../../src/cgroups/to-cgroup.ts';

const id = 'ab'.repeat(32);

describe('the names that runtimes keep', () => {
  it.each([
    ['{"ID":"x","Name":"/web"}', 'web'],
    ['{"Name":"/"}', undefined],
    ['{"Name":5}', undefined],
    ['[]', undefined],
    ['null', undefined],
    ['{', undefined],
    [undefined, undefined],
  ])('are found in %s of docker', (json, name) => expect(dockerName(json)).toBe(name));

  it.each([
    [`[{"id":"${id}","names":["web","other"]}]`, 'web'],
    [`[null,{"id":"${id}"}]`, undefined],
    [`[{"id":"${id}","names":{"0":"x"}}]`, undefined],
    [`[{"id":"${id}","names":[7]}]`, undefined],
    ['[{"id":"other","names":["web"]}]', undefined],
    [`{"id":"${id}"}`, undefined],
    ['', undefined],
  ])('are found in %s of podman', (json, name) => expect(podmanName(json, id)).toBe(name));

  it('are undefined for any other JSON', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        for (const name of [dockerName(json), podmanName(json, id)])
          expect(['string', 'undefined']).toContain(typeof name);
      }),
    );
  });
});

describe('RuntimeNames', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tctl-names-'));
    mkdirSync(join(directory, id));
    writeFileSync(join(directory, id, 'config.v2.json'), '{"Name":"/web"}');
    writeFileSync(join(directory, 'containers.json'), `[{"id":"${id}","names":["db"]}]`);
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const at = (path: string) => toCgroup({ path, directories: {}, identity: '' });

  it('says a name later, and knows it from then on', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const names = new RuntimeNames(resolve, { docker: directory, podman: directory });
    const docker = at(`/docker/${id}`);
    expect(names.of(docker)).toBeUndefined();
    expect(await promise).toBe(docker.path);
    expect(names.of(docker)).toBe('web');
  });

  it('reads podman’s list', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const names = new RuntimeNames(resolve, { docker: directory, podman: directory });
    const podman = at(`/machine.slice/libpod-${id}.scope`);
    names.of(podman);
    await promise;
    expect(names.of(podman)).toBe('db');
  });

  it('asks nothing about others', () => {
    const names = new RuntimeNames(() => expect.unreachable(), { docker: directory, podman: directory });
    expect(names.of(at('/tctl-web'))).toBeUndefined();
    expect(names.of(at('/system.slice/web.service'))).toBeUndefined();
  });
});
