import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostRootfs } from '@tc/images';
import { describe, expect, it } from 'vitest';
import { installed } from '../support/installed.ts';
import { startDoor, startRegistry } from '../support/registry.ts';
import { requires } from '../support/requires.ts';
import { tctl } from './support/command.ts';
import { newDirectory, newName } from './support/suite.ts';
import { openTerminal, type Terminal, tmux } from './support/terminal.ts';

/** An image with a shell, whose layer does not come all at once: half of it can't be packed. */
async function pushImage(name: string): Promise<void> {
  const root = newDirectory();
  execFileSync('cp', ['-a', `${(await hostRootfs({ tools: ['sh', 'sleep'] })).path}/.`, root]);
  mkdirSync(join(root, 'data'));
  writeFileSync(join(root, 'data/random'), randomBytes(4 * 2 ** 20));
  for (const args of [
    ['import', root, name],
    ['push', name],
    ['rmi', name],
  ])
    expect((await tctl(...args)).code).toBe(0);
}

async function spawnDialog(terminal: Terminal, image: string, name: string): Promise<void> {
  terminal.type('tctl --theme dark');
  await terminal.shows(/\? Help/);
  terminal.press('c');
  await terminal.shows(/│ New container +│/);
  terminal.press('C-u');
  terminal.write(image);
  terminal.press('Down');
  terminal.write('sleep 1012');
  terminal.press('Down');
  terminal.write(name);
  terminal.press('Enter');
}

describe('a new container of an image that is not there', () => {
  it('is started when that is pulled, and one sees how far that is', async (context) => {
    requires(context, tmux, installed('docker-registry'));
    await using registry = await startRegistry(newDirectory());
    await pushImage(`${registry.host}/me/app:1`);
    const { promise: go, resolve: letGo } = Promise.withResolvers<void>();
    // Two thirds of the layer come at once, the rest when the test has seen that.
    await using door = await startDoor(
      registry.host,
      () => false,
      (_, from, response) => {
        response.writeHead(from.statusCode ?? 500, from.headers);
        const size = Number(from.headers['content-length']);
        if (size < 2 ** 20) return from.pipe(response);
        let sent = 0;
        from.on('data', (bytes: Buffer) => {
          sent += bytes.length;
          response.write(bytes);
          if (sent < (size * 2) / 3) return;
          sent = Number.NEGATIVE_INFINITY;
          from.pause();
          void go.then(() => from.resume());
        });
        return from.on('end', () => response.end());
      },
    );
    await using terminal = await openTerminal(context);
    const name = newName();
    await spawnDialog(terminal, `${door.host}/me/app:1`, name);
    await terminal.shows(/│ Pulling 127\.0\.0\.1:\d+\/me\/app:1: [67]\d % … +│/);
    letGo();
    await terminal.shows(new RegExp(`Started ${name}`));
    await terminal.shows(new RegExp(`● +${name} `));
    terminal.press('q');
    await terminal.shows(/host>$/);
    const [info] = JSON.parse((await tctl('inspect', name)).stdout);
    expect(info).toMatchObject({
      state: 'running',
      image: `${door.host}/me/app:1`,
      command: ['sleep', '1012'],
    });
    expect((await tctl('rm', '-f', name)).code).toBe(0);
  });

  it('is not started where the registry has none, and that is said, with what to do', async (context) => {
    requires(context, tmux, installed('docker-registry'));
    await using registry = await startRegistry(newDirectory());
    await using terminal = await openTerminal(context);
    await spawnDialog(terminal, `${registry.host}/nothing:1`, newName());
    await terminal.shows(/Start e\d+-\d+: failed|REGISTRY|IMAGE_NOT_FOUND/);
    expect((await tctl('ps', '-aq')).stdout).toBe('');
    terminal.press('C-c');
    await terminal.shows(/host>$/);
  });
});
