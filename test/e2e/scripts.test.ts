import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { environment, type Finished, repository, startCommand } from './support/command.ts';
import './support/suite.ts';

/** Runs node at the root of the repository, as a newcomer does who follows the README. */
function node(...args: string[]): Promise<Finished> {
  return startCommand([process.execPath, ...args], { cwd: repository, env: environment() }).ended;
}

const script = (code: string) => node('--input-type=module', '--eval', code);

describe('a script at the root of the repository', () => {
  it.each([
    ['@tc/core', ['run', 'explain', 'compileRun', 'cleanUpAbandoned', 'TcError']],
    ['@tc/images', ['hostRootfs', 'dataDirectory']],
    ['@tc/monitor', ['sampleCgroup']],
  ])('can import %s', async (name, members) => {
    const { code, stdout, stderr } = await script(
      `import * as all from '${name}'; console.log(JSON.stringify(Object.keys(all)))`,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual(expect.arrayContaining(members));
  });

  it('gets the built packages with their types', () => {
    for (const name of ['core', 'images', 'monitor', 'linux']) {
      const directory = join(repository, 'packages', name);
      const { exports } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
      for (const file of [exports['.'].types, exports['.'].default])
        expect(statSync(join(directory, file)).size).toBeGreaterThan(0);
    }
  });
});
