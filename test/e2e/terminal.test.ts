import { describe, expect, it } from 'vitest';
import { openTerminal } from './support/terminal.ts';

describe('in a terminal', () => {
  it('Ctrl-C reaches the container, and the shell is back in an intact terminal', async (context) => {
    await using terminal = await openTerminal(context);
    const before = await terminal.settings('before');
    terminal.type(
      `tctl run host sh -c 'trap "echo caught; exit 42" INT; echo up; while :; do sleep 0.05; done'`,
    );
    await terminal.shows(/^up$/m);
    terminal.press('C-c');
    await terminal.shows(/caught\nhost>$/);
    terminal.type('echo "code $?"');
    await terminal.shows(/^code 42$/m);
    expect(await terminal.settings('after')).toBe(before);
  });

  it('the third Ctrl-C ends what ignores it', async (context) => {
    await using terminal = await openTerminal(context);
    const before = await terminal.settings('before');
    terminal.type(`tctl run host sh -c 'trap "echo no" INT; echo up; while :; do sleep 0.05; done'`);
    await terminal.shows(/^up$/m);
    for (const seen of [/no\n$|no$/m, /no\n(.*)no$/ms]) {
      terminal.press('C-c');
      await terminal.shows(seen);
    }
    terminal.press('C-c');
    await terminal.shows(/host>$/);
    terminal.type('echo "code $?"');
    await terminal.shows(/^code 137$/m);
    expect(await terminal.settings('after')).toBe(before);
  });

  it('a shell in a container takes what is typed', async (context) => {
    await using terminal = await openTerminal(context);
    terminal.type('tctl run --hostname box host sh');
    await terminal.shows(/[#$]$/);
    await terminal.prompt('inside>');
    terminal.type(
      'echo $((6 * 7)) $(hostname) $$; test -t 0 && test -t 1 && test -t 2 && echo all terminals',
    );
    await terminal.shows(/^42 box 1\nall terminals\ninside>$/m);
    terminal.type('exit 5');
    await terminal.shows(/\nhost>$/);
    terminal.type('echo "code $?"');
    await terminal.shows(/^code 5$/m);
  });

  it('Ctrl-D ends the input', async (context) => {
    await using terminal = await openTerminal(context);
    terminal.type('tctl run host wc -l; echo over');
    terminal.type('a line');
    terminal.press('C-d');
    await terminal.shows(/^1\nover\nhost>$/m);
  });

  it('a pipeline ends with Ctrl-C as a whole', async (context) => {
    await using terminal = await openTerminal(context);
    terminal.type(`tctl run host sh -c 'trap exit INT; echo up >&2; while :; do sleep 0.05; done' | cat`);
    await terminal.shows(/^up$/m);
    terminal.press('C-c');
    await terminal.shows(/\nhost>$/);
  });
});
