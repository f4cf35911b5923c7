/** `pnpm sea`: one executable, which needs no Node.js. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { requires } from '../support/requires.ts';
import { scaled } from '../support/scale.ts';
import { environment, startCommand } from './support/command.ts';
import { expectOutput, expectRefusal } from './support/expectations.ts';
import { asNobody, newHome, readableByOthers } from './support/nobody.ts';
import { newDirectory, newName } from './support/suite.ts';
import { openTerminal } from './support/terminal.ts';
import { executable, makeExecutable, RootWithoutNode } from './support/without-node.ts';

let root: RootWithoutNode;

beforeAll(async () => {
  makeExecutable();
  root = await RootWithoutNode.make();
}, scaled(200_000));

describe('the single-file executable, where there is no Node.js', () => {
  it('runs', async () => {
    const { stdout, stderr, code } = await root.run('! type node && tctl --version && tctl doctor');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+$/m);
    expect(stdout).toMatch(/^kernel +ok +Linux \d/m);
  });

  it('makes containers, lists them, and samples them in its threads', async () => {
    const name = newName();
    const { stdout, stderr, code } = await root.run(`
set -e
tctl run host sh -c 'echo "inside, $$"'
tctl run -d --name ${name} host sleep 1000 >/dev/null
tctl ps
for attempt in 1 2 3 4 5 6 7 8 9; do tctl stats --no-stream | grep ${name} && break; done
tctl exec ${name} echo executed
tctl rm --force ${name}
`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      new RegExp(`^inside, 1\\nCONTAINER ID .*\\n.* Up .* ${name}\\n.* ${name} .*\\nexecuted\\n${name}\\n$`),
    );
  });

  it('unpacks images in a thread, with its own native code', async () => {
    const { stdout, stderr, code } = await root.run(`
set -e
tar -cf /tmp/a.tar -C / --exclude=usr/bin/tctl bin usr lib lib64 etc
tctl import -c 'CMD ["echo", "imported"]' /tmp/a.tar mine:1 >/dev/null
tctl run mine:1
`);
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: 'imported\n' });
  });

  it('opens the dashboard', async (context) => {
    await using terminal = await openTerminal(context);
    const [file = '', ...args] = root.command('tctl --demo --seed 5');
    terminal.type([file, ...args.map((arg) => `'${arg}'`)].join(' '));
    await terminal.shows(/^ tctl demo 24 containers /);
    await terminal.shows(/● +api-gateway .* \d+M\/256M/);
    terminal.press('q');
    await terminal.shows(/host>$/);
  });
});

describe('the options of the single-file executable', () => {
  it('are all tctl’s own, and none is one of Node.js', async () => {
    const file = join(newDirectory(), 'variables');
    writeFileSync(file, 'A=1\nTCTL_DATA_DIR=/proc/nowhere\n');
    const run = (...args: string[]) => startCommand([executable, ...args], { env: environment() }).ended;
    expectOutput(await run('run', '--env-file', file, 'host', 'sh', '-c', 'echo $A'), '1\n');
    expectRefusal(await run('run', '--env-file', '/nowhere', 'host', 'true'), /--env-file \/nowhere: ENOENT/);
    expectRefusal(await run('--inspect'), /--inspect/, /--help/);
  });
});

describe('the FFI library of the single-file executable', () => {
  const noexec = (...directories: string[]) =>
    directories.map((directory) => `mount -t tmpfs -o noexec tmpfs ${directory}`).join('\n');

  it('is put where code may be executed, leaves no file, and is gone with the process', async () => {
    const { stdout, stderr, code } = await root.run(`
set -e
${noexec('/dev/shm', '/tmp')}
tctl run host sh -c 'echo "inside, $$"'
find /dev/shm /tmp /var/tmp /usr/bin -name '*tctl-*' -o -name '*.node'
`);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'inside, 1\n', stderr: '' });
  });

  it('is missed with a clear error where nothing may be executed', async () => {
    const finished = await root.run(`
${noexec('/dev/shm', '/tmp', '/var/tmp')}
mount -o remount,bind,ro /
export TCTL_RUNTIME_DIR=/run/tctl TCTL_DATA_DIR=/run/data
tctl run --rootfs / true
`);
    expectRefusal(
      finished,
      /takes a file that may be executed \(NATIVE_CODE_NOT_LOADED\)$/,
      /without noexec/,
    );
  });

  it('is its own, whatever lies in the working directory and whatever the environment says', async () => {
    const directory = newDirectory();
    const koffi = join(directory, 'node_modules/koffi');
    mkdirSync(koffi, { recursive: true });
    writeFileSync(join(koffi, 'index.js'), 'console.log("planted")');
    const env = environment({
      NODE_OPTIONS: `--require ${join(koffi, 'index.js')}`,
      NODE_PATH: join(directory, 'node_modules'),
      TMPDIR: join(directory, 'nowhere'),
    });
    expectOutput(
      await startCommand([executable, 'run', 'host', 'echo', 'inside'], { cwd: directory, env }).ended,
      'inside\n',
    );
  });

  it('works for an ordinary user', async (context) => {
    requires(context, readableByOthers);
    const { code, stdout, stderr } = await asNobody(newHome(), [executable, 'doctor', '--json']);
    expect(stderr).toBe('');
    expect([0, 1]).toContain(code);
    expect(stdout).toContain('"memfd"');
  });
});
