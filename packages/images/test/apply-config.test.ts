import { describe, expect, it } from 'vitest';
import { applyConfig, type UserSays } from '../src/config/apply-config.ts';
import { noSettings } from '../src/oci/build-image.ts';
import type { ImageSettings } from '../src/oci/image-config.ts';

const apply = (settings: Partial<ImageSettings>, says: Partial<UserSays> = {}) =>
  applyConfig({ ...noSettings, cmd: ['sh'], ...settings }, { args: [], ...says });

describe('the command of a container', () => {
  const image = { entrypoint: ['/entry', '-e'], cmd: ['default'] };

  // https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
  it.each<[string, Partial<ImageSettings>, Partial<UserSays>, string[]]>([
    ['Cmd alone', { cmd: ['a', 'b'] }, {}, ['a', 'b']],
    ['Cmd, replaced', { cmd: ['a', 'b'] }, { args: ['c'] }, ['c']],
    ['Entrypoint and Cmd', image, {}, ['/entry', '-e', 'default']],
    ['Entrypoint, and Cmd replaced', image, { args: ['x', 'y'] }, ['/entry', '-e', 'x', 'y']],
    ['--entrypoint takes Cmd along', image, { entrypoint: '/other' }, ['/other']],
    ['--entrypoint with arguments', image, { entrypoint: '/other', args: ['z'] }, ['/other', 'z']],
    ['--entrypoint "" leaves the arguments', image, { entrypoint: '', args: ['z'] }, ['z']],
    ['Entrypoint alone', { entrypoint: ['/entry'], cmd: [] }, {}, ['/entry']],
  ])('is that of Docker: %s', (_, settings, says, command) => {
    expect(apply(settings, says).command).toEqual(command);
  });

  it.each<[string, Partial<ImageSettings>, Partial<UserSays>]>([
    ['nobody says one', { cmd: [] }, {}],
    ['--entrypoint "" takes it away', image, { entrypoint: '' }],
  ])('is missing where %s', (_, settings, says) => {
    expect(() => apply(settings, says)).toThrow(expect.objectContaining({ code: 'IMAGE_COMMAND' }));
  });
});

describe('what else an image says', () => {
  it('is what holds where the user says nothing', () => {
    const said = apply({
      env: ['A=1', 'B=x=y', 'EMPTY=', 'no-value', '=odd'],
      workingDir: '/srv/./a/../b/',
      user: 'app:staff',
      stopSignal: 'QUIT',
      labels: { a: '1' },
      volumes: ['/data', '/cache/', '/'],
    });
    expect(said).toEqual({
      command: ['sh'],
      env: { A: '1', B: 'x=y', EMPTY: '' },
      cwd: '/srv/b',
      user: 'app:staff',
      stopSignal: 'SIGQUIT',
      labels: { a: '1' },
      volumes: ['/data', '/cache'],
    });
  });

  it('goes below what the user says', () => {
    const said = apply(
      {
        env: ['A=1', 'B=2'],
        workingDir: '/a',
        user: 'x',
        stopSignal: '3',
        labels: { a: '1', b: '2' },
        volumes: ['/v', '/w'],
      },
      {
        env: { A: 'own', B: undefined },
        cwd: '/own',
        user: '7',
        stopSignal: 'SIGHUP',
        labels: { a: 'own' },
        mountTargets: ['/v/'],
      },
    );
    expect(said).toMatchObject({
      env: { A: 'own', B: undefined },
      cwd: '/own',
      user: '7',
      stopSignal: 'SIGHUP',
      labels: { a: 'own', b: '2' },
      volumes: ['/w'],
    });
  });

  it.each([
    ['SIGTERM', 'SIGTERM'],
    ['term', 'SIGTERM'],
    ['15', 'SIGTERM'],
    ['3', 'SIGQUIT'],
    ['SIGRTMIN+3', undefined],
    ['99', undefined],
    ['nonsense', undefined],
  ])('has a stop signal by name or number: %s', (stopSignal, expected) => {
    expect(apply({ stopSignal }).stopSignal).toBe(expected);
  });

  it.each([
    ['', '/'],
    ['rel', '/rel'],
    ['/../..', '/'],
  ])('has a working directory that stays in the root: %j', (workingDir, expected) => {
    expect(apply({ workingDir }).cwd).toBe(expected);
  });
});
