import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirectory } from '@tc/linux';
import { expect, it } from 'vitest';
import { box, directory, watchLeftovers } from '../support/kernel.ts';
import { namespace, requires } from '../support/requires.ts';

watchLeftovers();

/** In a shell: setpriv(1) itself has capabilities until it executes something. */
const asNobody = (program: string) =>
  spawnSync('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', 'sh', '-c', program]);

it('a setuid program that a container leaves in a volume is out of reach for users of the host', async (context) => {
  requires(context, namespace('user'));
  for (let path = directory; path !== '/'; path = join(path, '..')) {
    if ((statSync(path).mode & 0o001) === 0) chmodSync(path, 0o711);
  }
  const leave = 'cp /bin/id /v/program; chmod 4755 /v/program';
  await box(leave, { mounts: ['plain:/v'] });
  const volumes = join(dataDirectory(), 'volumes');
  chmodSync(dataDirectory(), 0o755);
  const program = join(volumes, 'plain/program');
  expect(statSync(program)).toMatchObject({ uid: 0 });
  expect(asNobody(program).status).not.toBe(0);
  // Root of these is somebody else on the host, who has to get to the volume.
  for (const first of [100_000, 300_000]) {
    const map = `0 ${first} 65536`;
    const user = { uidMap: map, gidMap: map };
    const { exitCode } = await box(leave, { mounts: [`mapped-${first}:/v`], namespaces: { user } });
    expect(exitCode).toBe(0);
    expect(asNobody(program).status).not.toBe(0);
    expect(statSync(join(volumes, `mapped-${first}/program`))).toMatchObject({ uid: first });
  }
  execFileSync('rm', ['-r', volumes]);
});
