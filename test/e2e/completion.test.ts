import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { requires } from '../support/requires.ts';
import { shell, startCommand, tctl } from './support/command.ts';
import { newDirectory, newName } from './support/suite.ts';
import { openTerminal, type Terminal } from './support/terminal.ts';
import { hostHas } from './support/tools.ts';

const name = newName();
const image = `app-${process.pid}:1.2`;
const tree = newDirectory();
const volume = `site-${process.pid}`;

beforeAll(async () => {
  writeFileSync(join(tree, 'archive'), '');
  for (const args of [
    ['create', '--name', name, 'host', 'true'],
    ['import', tree, image],
    ['volume', 'create', volume],
  ])
    expect((await tctl(...args)).stderr).toBe('');
});

afterAll(async () => {
  await tctl('rm', '-f', name);
});

/** What is written before Tab, and what stands there when an x is written behind it. */
const cases: readonly (readonly [string, string])[] = [
  ['tctl vol', 'tctl volume x'],
  ['tctl volume insp', 'tctl volume inspect x'],
  ['tctl stats --no-s', 'tctl stats --no-stream x'],
  ['tctl run --network ho', 'tctl run --network host x'],
  ['tctl run --network=ho', 'tctl run --network=host x'],
  ['tctl run --network=cont', 'tctl run --network=container:x'],
  ['tctl kill -s SIGHU', 'tctl kill -s SIGHUP x'],
  [`tctl start ${name.slice(0, -1)}`, `tctl start ${name} x`],
  [`tctl rmi ${image.slice(0, -2)}`, `tctl rmi ${image} x`],
  [`tctl rmi ${image.slice(0, 5)}`, `tctl rmi ${image} x`],
  [`tctl run -v ${volume.slice(0, -1)}`, `tctl run -v ${volume}:x`],
  [`tctl cp ${name.slice(0, -1)}`, `tctl cp ${name}:x`],
  [`tctl import ${tree}/archi`, `tctl import ${tree}/archive x`],
  ['tctl run --rootfs /us', 'tctl run --rootfs /usr/x'],
];

async function pressTab(terminal: Terminal, prompt: string, [typed, expected]: (typeof cases)[number]) {
  terminal.write(typed);
  terminal.press('Tab');
  terminal.write('x');
  const literal = expected.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(`^${prompt} ${literal}$`, 'm');
  await terminal.shows(pattern);
  terminal.press('C-u'); // C-c would throw away what is typed behind it
  await terminal.gone(pattern);
}

async function inShell(context: TestContext, words: string, setUp: readonly string[], prompt: string) {
  const [program = ''] = words.split(' ');
  requires(context, hostHas(program));
  const terminal = await openTerminal(context);
  terminal.type(words);
  for (const line of setUp) terminal.type(line);
  terminal.type(`PS1='${prompt} '; clear`);
  await terminal.shows(new RegExp(`^${prompt}$`, 'm'));
  return terminal;
}

describe('completion', () => {
  it('in bash', async (context) => {
    const setUp = ['source <(tctl completion bash)'];
    await using terminal = await inShell(context, 'bash --norc --noprofile', setUp, 'bash>');
    for (const each of cases) await pressTab(terminal, 'bash>', each);
  });

  it('in zsh', async (context) => {
    const setUp = [
      'autoload -Uz compinit; compinit -u -D',
      'source <(tctl completion zsh)',
      "PROMPT_EOL_MARK=''",
    ];
    await using terminal = await inShell(context, 'zsh -f', setUp, 'zsh>');
    for (const each of cases) await pressTab(terminal, 'zsh>', each);
  });

  it('in fish', async (context) => {
    requires(context, hostHas('fish'));
    const script = join(newDirectory(), 'tctl.fish');
    writeFileSync(script, (await tctl('completion', 'fish')).stdout);
    const offered = async (line: string) => {
      const ask = `source ${script}; complete -C '${line}'`;
      const env = { HOME: newDirectory() };
      const { stdout } = await shell(`fish --no-config -c "${ask}"`, { env });
      return stdout
        .trimEnd()
        .split('\n')
        .map((each) => each.split('\t')[0]);
    };
    for (const [typed, expected] of cases) {
      const [beginning = ''] = typed.split(' ').slice(-1);
      const word = expected.split(' ').find((each) => each.startsWith(beginning)) ?? '';
      // What goes on has the x behind it.
      expect(await offered(typed), typed).toContain(word.replace(/(?<=[:/])x$/, ''));
    }
    expect(await offered('tctl start ')).toContain(name);
    expect(await offered('tctl unpause ')).not.toContain(name);
  });
});

describe('tctl completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints what %s reads without a complaint', async (program) => {
    const { stdout, stderr, code } = await tctl('completion', program);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const file = join(newDirectory(), 'script');
    writeFileSync(file, stdout);
    const checked = await startCommand([program, '-n', file]).ended;
    expect(checked).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('refuses another shell', async () => {
    const { code, stderr } = await tctl('completion', 'csh');
    expect(code).toBe(125);
    expect(stderr).toMatch(
      /^tctl: there is no completion for "csh"\n {2}hint: tctl completion bash\|zsh\|fish\n$/,
    );
  });
});
